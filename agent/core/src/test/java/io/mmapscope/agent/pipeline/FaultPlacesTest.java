package io.mmapscope.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.Owner;
import org.junit.jupiter.api.Test;

class FaultPlacesTest {

  private final FaultPlaces places = new FaultPlaces();

  private FaultPlace of(int site, String path) {
    return places.of(Touched.mapping(site, path), Owner.APPLICATION, Memory.FILE);
  }

  @Test
  void theSameKindOfFileFromTheSameCallSiteIsOnePlace() {
    FaultPlace place = of(1, "/d/a.dat");
    assertThat(of(1, "/e/b.dat")).isSameAs(place);
    assertThat(of(1, "/e/b.idx")).isNotSameAs(place);
    assertThat(of(2, "/d/a.dat")).isNotSameAs(place);
    assertThat(places.of(Touched.mapping(1, "/d/a.dat"), Owner.AGENT, Memory.FILE)).isNotSameAs(place);
  }

  @Test
  void numbersAreDenseAndZeroIsTheUnknown() {
    assertThat(FaultPlaces.UNKNOWN.id()).isZero();
    assertThat(of(1, "/d/a.dat").id()).isEqualTo(1);
    assertThat(of(2, "/d/a.dat").id()).isEqualTo(2);
    assertThat(of(1, "/d/z.dat").id()).isEqualTo(1);
  }

  @Test
  void aFileThatIsDeletedMeanwhileIsOfTheSameKind() {
    assertThat(of(1, "/d/a.dat (deleted)")).isSameAs(of(1, "/d/b.dat"));
  }

  @Test
  void namesWithoutAKindAndNamesWithANumberAreTwoPlaces() {
    FaultPlace none = of(1, "/d/none");
    FaultPlace other = of(1, "/d/log.2026");
    assertThat(of(1, "/d/.hidden")).isSameAs(none);
    assertThat(of(1, "/d.e/f")).isSameAs(none);
    assertThat(of(1, "/d/x.averylongrandomname")).isSameAs(other).isNotSameAs(none);
    assertThat(none.fileExtension()).isEqualTo("none");
    assertThat(other.fileExtension()).isEqualTo("other");
  }

  @Test
  void isBoundedHoweverFilesAreNamed() {
    int highest = 0;
    for (int i = 0; i < 20_000; i++) {
      highest = Math.max(highest, of(1 + i % 3, "/d/a.x" + i).id());
    }
    assertThat(highest).isLessThanOrEqualTo(10_003);
    assertThat(of(1, "/d/a.y1")).isSameAs(of(1, "/d/a.y2"));
    assertThat(of(1, "/d/a.y1").fileExtension()).isEqualTo("other");
    assertThat(of(1, "/d/a.y1").callSite()).isEqualTo(Touched.site(1));
  }
}
