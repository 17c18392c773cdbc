package io.mmapscope.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Data flows one way: hook, slot or ring, pipeline, ledger, listeners. The exporters' side of it is tested there. */
@AnalyzeClasses(packages = "io.mmapscope", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String MODEL = "io.mmapscope.agent.model..";
  private static final String KERNEL = "io.mmapscope.agent.kernel..";
  private static final String LEDGER = "io.mmapscope.agent.ledger..";
  private static final String SPI = "io.mmapscope.agent.spi..";
  private static final String CONFIG = "io.mmapscope.agent.config..";

  @ArchTest
  static final ArchRule THE_KERNELS_SIDE_KNOWS_ONLY_THE_MODEL = knowsOnly(KERNEL, MODEL);

  @ArchTest
  static final ArchRule THE_LEDGER_KNOWS_ONLY_THE_MODEL = knowsOnly(LEDGER, MODEL);

  @ArchTest
  static final ArchRule THE_MODEL_KNOWS_NOTHING = knowsOnly(MODEL);

  @ArchTest
  static final ArchRule SETTINGS_KNOW_NOTHING = knowsOnly(CONFIG);

  @ArchTest
  static final ArchRule LISTENERS_ARE_TOLD_VALUES_AND_SETTINGS = knowsOnly(SPI, MODEL, CONFIG);

  @ArchTest
  static final ArchRule NATIVE_CODE_IS_CALLED_FROM_THE_KERNELS_SIDE_ALONE =
      noClasses()
          .that(resideInAPackage("io.mmapscope..").and(not(resideInAPackage(KERNEL))))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.sun.jna..");

  @ArchTest
  static final ArchRule ONLY_THE_EXPORTERS_KNOW_OPENTELEMETRY =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("io.opentelemetry..", "io.micrometer..");

  /** Of this project's classes only those of these packages, its own among them. */
  private static ArchRule knowsOnly(String who, String... others) {
    DescribedPredicate<JavaClass> elsewhere =
        resideInAPackage("io.mmapscope..")
            .and(not(resideInAPackage(who)))
            .and(not(resideInAnyPackage(others)))
            .as("other parts of the agent than " + String.join(", ", others));
    return noClasses().that().resideInAPackage(who).should().dependOnClassesThat(elsewhere);
  }

  private static DescribedPredicate<JavaClass> not(DescribedPredicate<JavaClass> predicate) {
    return DescribedPredicate.not(predicate);
  }
}
