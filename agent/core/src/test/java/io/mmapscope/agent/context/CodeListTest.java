package io.mmapscope.agent.context;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text is as JDK 17 and 25 printed it. */
class CodeListTest {

  private static final String RANGE = " [0x00007f89dcec7010, 0x00007f89dcec7180 - 0x00007f89dcec71f8]";

  @Test
  void aMethodIsFoundByAnyOfItsInstructions() {
    CodeList list =
        CodeList.parse(
            """
            1115 4 1 com.sun.tools.javac.jvm.PoolReader.sizeof(I)I [0x00007f2c8fec7308, 0x00007f2c8fec7400 - 0x00007f2c8fec7488]
            11 4 2 java.lang.Object.<init>()V [0x00007f2c8fec7010, 0x00007f2c8fec7180 - 0x00007f2c8fec71f8]
            20 0 0 java.lang.System.arraycopy(Ljava/lang/Object;ILjava/lang/Object;II)V [0x00007f2c80000010, 0x00007f2c80000100 - 0x00007f2c80000200]
            """);
    assertThat(list.size()).isEqualTo(3);
    assertThat(list.at(0x7f2c8fec7180L).id()).isEqualTo(11);
    assertThat(list.at(0x7f2c8fec71f7L).id()).isEqualTo(11);
    assertThat(list.at(0x7f2c8fec71f8L)).isNull();
    assertThat(list.at(0x7f2c8fec717fL)).as("in its header").isNull();
    assertThat(list.at(0x7f2c8fec7400L).id()).isEqualTo(1115);
    assertThat(list.at(0x7f2c80000150L).id()).isEqualTo(20);
    assertThat(list.at(0)).isNull();
    assertThat(list.at(-1)).isNull();
    assertThat(list.className(list.at(0x7f2c80000150L))).isEqualTo("java.lang.System");
    assertThat(list.methodName(list.at(0x7f2c80000150L))).isEqualTo("arraycopy");
    assertThat(list.withoutNames().at(0x7f2c80000150L).sameAs(list.at(0x7f2c80000150L))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "java.lang.Object.<init>()V | java.lang.Object | <init>",
        "Top.main([Ljava/lang/String;)V | Top | main",
        "com.acme.Store$$Lambda$14/0x0000000800c03000.run()V | com.acme.Store$$Lambda$14/0x0000000800c03000 | run",
        "com.acme.StoreTest.reads (all) of it()Ljava/lang/String; | com.acme.StoreTest | reads (all) of it",
        "com.acme.Größe.größe(J)J | com.acme.Größe | größe"
      })
  void namesAreReadFromTheirEnds(String printed, String className, String methodName) {
    CodeList list = CodeList.parse("7 4 0 " + printed + RANGE + "\n");
    CodeList.Method method = list.at(0x7f89dcec7180L);
    assertThat(list.className(method)).isEqualTo(className);
    assertThat(list.methodName(method)).isEqualTo(methodName);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "7 4 0",
        "7 4 0 " + RANGE,
        "x 4 0 a.B.c()V" + RANGE,
        "99999999999 4 0 a.B.c()V" + RANGE,
        "7 4 0 a.B.c()V [0x00007f89dcec7010, 0x00007f89dcec7180 - 0x00007f89dcec71f8",
        "7 4 0 a.B.c()V [0x00007f89dcec7010, 0x00007f89dcec7180 , 0x00007f89dcec71f8]",
        "7 4 0 a.B.c()V [0x00007f89dcec7010, 0x00007f89dcec71-0 - 0x00007f89dcec71f8]",
        "7 4 0 noClass()V" + RANGE,
        "7 4 0 a.B.()V" + RANGE,
        "7 4 0 a.B.c" + RANGE
      })
  void aLineOfAnotherFormIsLeftOut(String line) {
    assertThat(CodeList.parse(line).size()).isZero();
    assertThat(CodeList.parse(line + "\n8 4 0 a.B.c()V" + RANGE).size()).isEqualTo(1);
  }
}
