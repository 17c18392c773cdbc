package io.mmapscope.exporter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The exporters know the agent's values, its listener interface and its settings, and nothing of how it works. */
@AnalyzeClasses(packages = "io.mmapscope.exporter", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final DescribedPredicate<JavaClass> INSIDE_OF_THE_AGENT =
      JavaClass.Predicates.resideInAPackage("io.mmapscope.agent..")
          .and(
              DescribedPredicate.not(
                  JavaClass.Predicates.resideInAnyPackage(
                      "io.mmapscope.agent.model..", "io.mmapscope.agent.spi..", "io.mmapscope.agent.config..")))
          .as("the inside of the agent");

  @ArchTest
  static final ArchRule KNOWS_ONLY_WHAT_THE_AGENT_OFFERS =
      noClasses().should().dependOnClassesThat(INSIDE_OF_THE_AGENT);

  @ArchTest
  static final ArchRule KNOWS_NO_NATIVE_CODE_AND_NO_INSTRUMENTATION =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.sun.jna..", "net.bytebuddy..", "java.lang.instrument..");

  @ArchTest
  static final ArchRule LEAVES_THE_GLOBAL_OPENTELEMETRY_ALONE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.opentelemetry.api.GlobalOpenTelemetry");
}
