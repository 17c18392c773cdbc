package io.mmapscope.benchmarks.program;

/** Says hello, and when it was entered and left, by {@link System#nanoTime}. */
public final class Hello {

  private Hello() {}

  public static void main(String[] arguments) {
    long entered = System.nanoTime();
    // No concatenation: its first one in a JVM takes 20 ms.
    System.out.println("hello");
    System.out.print("entered=");
    System.out.println(entered);
    System.out.print("left=");
    System.out.println(System.nanoTime());
  }
}
