package io.mmapscope.e2e.programs;

/** Says hello on both streams, and ends as told: {@code return}, {@code exit N}, {@code throw}. */
public final class Hello {

  private Hello() {}

  public static void main(String[] args) {
    System.out.println("hello, stdout");
    System.err.println("hello, stderr");
    switch (args[0]) {
      case "exit" -> System.exit(Integer.parseInt(args[1]));
      case "throw" -> throw new IllegalStateException("uncaught");
      default -> System.out.println("bye");
    }
  }
}
