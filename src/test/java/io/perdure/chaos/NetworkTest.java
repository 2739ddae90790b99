package io.perdure.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NetworkTest {
  private static final long ADDRESS = 180944898; // 10.201.0.2

  @Test
  void aCutDropsWhatGoesToOneAddressAndLeavesTheRestToTheNextFilter() {
    assertEquals(
        "4,32 0 0 30,21 0 1 180944898,6 0 0 2,6 0 0 4294967295",
        Network.bytecode(ADDRESS, 1).replace('\t', ' '));
  }

  @Test
  void aLossyLinkDropsThatShareByARandomNumber() {
    assertEquals(
        "6,32 0 0 30,21 0 3 180944898,32 0 0 4294963256,53 1 0 1073741824,6 0 0 2,6 0 0 4294967295",
        Network.bytecode(ADDRESS, 0.25).replace('\t', ' '));
  }

  @Test
  void aProgramIsOneWordOfACommand() {
    assertEquals(-1, Network.bytecode(ADDRESS, 0.25).indexOf(' '));
  }
}
