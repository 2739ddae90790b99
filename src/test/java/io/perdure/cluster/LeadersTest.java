package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.perdure.bus.Routes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeadersTest {
  private final Leaders leaders = new Leaders("n1");
  private final List<Integer> known = new ArrayList<>();
  private final List<String> gone = new ArrayList<>();

  @BeforeEach
  void listen() {
    leaders.onOwner(known::add);
    leaders.onGone(gone::add);
  }

  @Test
  void nobodyIsKnownAtFirst() {
    assertEquals("n1", leaders.self());
    assertNull(leaders.owner(0));
  }

  @Test
  void whatThisNodeLeadsItOwns() {
    leaders.leading(2, 5);
    leaders.leading(Routes.REGISTRY, 1);
    assertEquals("n1", leaders.owner(2));
    assertEquals("n1", leaders.owner(Routes.REGISTRY));
    assertEquals(List.of(2, Routes.REGISTRY), known);
    assertEquals(Map.of(2, 5L, Routes.REGISTRY, 1L), leaders.own());
  }

  @Test
  void whatOthersLeadIsKnownApartFromThat() {
    leaders.leading(2, 5);
    leaders.told("n2", Map.of(0, 7L, Routes.REGISTRY, 1L));
    leaders.told("n3", Map.of(1, 7L));
    leaders.gone("n3");
    assertArrayEquals(new int[] {2}, leaders.owned());
    assertArrayEquals(new int[] {0}, leaders.ownedElsewhere());
  }

  @Test
  void theGreatestTermIsRight() {
    leaders.told("n2", Map.of(0, 7L));
    leaders.told("n3", Map.of(0, 6L));
    assertEquals("n2", leaders.owner(0));
    leaders.following(0, 6, "n3");
    assertEquals("n2", leaders.owner(0));
    leaders.following(0, 8, "n3");
    assertEquals("n3", leaders.owner(0));
  }

  @Test
  void anOwnerIsToldOnceUntilItIsAnother() {
    leaders.told("n2", Map.of(0, 7L));
    leaders.told("n2", Map.of(0, 7L));
    leaders.following(0, 7, "n2");
    assertEquals(List.of(0), known);
    leaders.told("n3", Map.of(0, 8L));
    assertEquals(List.of(0, 0), known);
  }

  @Test
  void aNodeThatLeadsNoMoreSaysSoByNotNamingIt() {
    leaders.told("n2", Map.of(0, 7L, 1, 3L));
    leaders.told("n2", Map.of(1, 3L));
    assertNull(leaders.owner(0));
    assertEquals("n2", leaders.owner(1));
    leaders.told("n3", Map.of(0, 6L)); // late news
    assertNull(leaders.owner(0));
    leaders.told("n3", Map.of(0, 8L));
    assertEquals("n3", leaders.owner(0));
  }

  @Test
  void thisNodeOwnsNoMoreWhatItFollows() {
    leaders.leading(0, 5);
    leaders.following(0, 5, null);
    assertNull(leaders.owner(0));
    assertEquals(Map.of(), leaders.own());
    leaders.following(0, 6, "n2");
    assertEquals("n2", leaders.owner(0));
  }

  @Test
  void aTermWithoutLeaderEndsTheOneBefore() {
    leaders.following(0, 5, "n2");
    leaders.following(0, 5, null); // it may well be there still
    assertEquals("n2", leaders.owner(0));
    leaders.following(0, 6, null);
    assertNull(leaders.owner(0));
  }

  @Test
  void whoeverWasAskedWronglyNamesAnother() {
    leaders.told("n2", Map.of(0, 7L));
    leaders.moved(0, "n2", "n3");
    assertEquals("n3", leaders.owner(0));
    leaders.moved(0, "n2", null); // an answer that was late
    assertEquals("n3", leaders.owner(0));
    leaders.moved(0, "n3", null);
    assertNull(leaders.owner(0));
    leaders.moved(0, "n2", "n3");
    assertEquals("n3", leaders.owner(0));
    leaders.moved(0, "n3", "n3");
    assertNull(leaders.owner(0));
  }

  @Test
  void nobodyNamesAnotherOwnerOfWhatThisNodeLeads() {
    leaders.leading(0, 4);
    leaders.moved(0, "n1", "n2"); // by what has not heard yet that it is the owner
    assertEquals("n1", leaders.owner(0));
  }

  @Test
  void aNodeThatHasGoneOwnsNothing() {
    leaders.told("n2", Map.of(0, 7L, 1, 3L));
    leaders.told("n3", Map.of(2, 1L));
    leaders.gone("n2");
    assertNull(leaders.owner(0));
    assertNull(leaders.owner(1));
    assertEquals("n3", leaders.owner(2));
    assertEquals(List.of("n2"), gone);
    leaders.told("n2", Map.of(0, 7L)); // it was cut off, and leads still
    assertEquals("n2", leaders.owner(0));
  }

  @Test
  void whatThisNodeTellsItselfIsNoNews() {
    leaders.leading(0, 5);
    leaders.told("n1", Map.of());
    assertEquals("n1", leaders.owner(0));
  }

  @Test
  void changesOfWhatThisNodeLeadsAreTold() {
    List<Map<Integer, Long>> own = new ArrayList<>();
    leaders.onOwn(() -> own.add(leaders.own()));
    leaders.leading(0, 5);
    leaders.following(1, 5, "n2");
    leaders.following(0, 6, null);
    assertEquals(List.of(Map.of(0, 5L), Map.of()), own);
  }
}
