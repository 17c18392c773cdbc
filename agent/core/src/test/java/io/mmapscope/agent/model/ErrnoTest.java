package io.mmapscope.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {

  /** Spread over the table, so that a name too many or too few anywhere is seen. From {@code errno -l} of Debian. */
  @ParameterizedTest
  @CsvSource({
    "1,EPERM", "12,ENOMEM", "22,EINVAL", "34,ERANGE", "35,EDEADLK", "40,ELOOP", "42,ENOMSG", "57,EBADSLT", "59,EBFONT",
    "71,EPROTO", "84,EILSEQ", "95,EOPNOTSUPP", "98,EADDRINUSE", "110,ETIMEDOUT", "116,ESTALE", "125,ECANCELED",
    "130,EOWNERDEAD", "133,EHWPOISON", "0,errno 0", "41,errno 41", "58,errno 58", "134,errno 134", "512,errno 512"
  })
  void numbersHaveTheirLinuxNames(int errno, String name) {
    assertThat(Errno.name(errno)).isEqualTo(name);
  }
}
