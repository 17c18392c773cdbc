package io.mmapscope.agent.instrument;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.isMethod;
import static net.bytebuddy.matcher.ElementMatchers.isNative;
import static net.bytebuddy.matcher.ElementMatchers.isPublic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.util.Set;
import java.util.TreeSet;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.pool.TypePool;

/**
 * Weaves advice into one class file with Byte Buddy. Bodies of methods change, nothing else of the class: no member is
 * added, so a loaded class can be retransformed. In a class of its own, because Byte Buddy takes 300 ms to come up and
 * stays unloaded until the first class that needs it.
 */
final class Weaver {

  private static final ElementMatcher<MethodDescription> HAS_BODY = not(isAbstract().or(isNative()));

  private final ByteBuddy byteBuddy =
      new ByteBuddy()
          .with(TypeValidation.DISABLED)
          .with(Implementation.Context.Disabled.Factory.INSTANCE);
  private final ClassFileLocator advice = ClassFileLocator.ForClassLoader.of(Weaver.class.getClassLoader());

  /** One of the JDK's classes, by its binary name. */
  byte[] weaveJdk(String className, byte[] classFile) {
    DynamicType.Builder<?> builder = builder(className, classFile, null);
    DynamicType.Builder<?> woven =
        switch (className) {
          case "sun.nio.ch.FileChannelImpl" ->
              visit(
                  visit(builder, MapAdvice.class, named("mapInternal").and(takesArguments(5))),
                  LeaveAdvice.class,
                  named("map").and(isPublic()));
          case "sun.nio.ch.FileChannelImpl$Unmapper" ->
              visit(builder, UnmapAdvice.class, named("unmap").and(takesArguments(0)));
          case "java.nio.MappedMemoryUtils" ->
              visit(
                  visit(builder, ForceAdvice.class, named("force").and(takesArguments(5))),
                  LoadAdvice.class,
                  named("load").and(takesArguments(3)));
          case "sun.nio.ch.UnixFileDispatcherImpl" ->
              visit(builder, NativeCallAdvice.class, named("map").or(named("unmap")));
          case "java.nio.MappedByteBuffer" ->
              visit(builder, LeaveAdvice.class, named("force").or(named("load")));
          case "sun.misc.Unsafe" -> visit(builder, LeaveAdvice.class, named("invokeCleaner"));
          default -> throw new IllegalArgumentException(className + " is not in the catalogue");
        };
    return woven.make().getBytes();
  }

  /** A class named in the setting {@code operations}. Native methods have no body to weave into and are left out. */
  byte[] weaveLibrary(String className, byte[] classFile, ClassLoader loader, LibraryMethods methods) {
    DynamicType.Builder<?> builder = builder(className, classFile, loader);
    TypeDescription type = builder.toTypeDescription();
    Set<String> names = new TreeSet<>();
    for (MethodDescription method : type.getDeclaredMethods().filter(isMethod().and(HAS_BODY))) {
      if (methods.matches(className, method.getName())) {
        names.add(method.getName());
      }
    }
    if (names.isEmpty()) {
      return null;
    }
    for (String name : names) {
      builder =
          builder.visit(
              Advice.withCustomMapping()
                  .bind(LibraryAdvice.Number.class, methods.number(className, name))
                  .to(TypeDescription.ForLoadedType.of(LibraryAdvice.class), advice)
                  .on(named(name).and(not(isConstructor())).and(HAS_BODY)));
    }
    return builder.make().getBytes();
  }

  private DynamicType.Builder<?> builder(String className, byte[] classFile, ClassLoader loader) {
    ClassFileLocator types =
        new ClassFileLocator.Compound(
            ClassFileLocator.Simple.of(className, classFile),
            loader == null
                ? ClassFileLocator.ForClassLoader.ofBootLoader()
                : ClassFileLocator.ForClassLoader.of(loader),
            advice);
    TypePool pool = TypePool.Default.WithLazyResolution.of(types);
    return byteBuddy.decorate(pool.describe(className).resolve(), types);
  }

  private DynamicType.Builder<?> visit(
      DynamicType.Builder<?> builder, Class<?> adviceClass, ElementMatcher<? super MethodDescription> methods) {
    return builder.visit(
        Advice.to(TypeDescription.ForLoadedType.of(adviceClass), advice).on(new ElementMatcher.Junction.Conjunction<MethodDescription>(HAS_BODY, methods)));
  }
}
