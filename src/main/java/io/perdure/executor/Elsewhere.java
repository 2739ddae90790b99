package io.perdure.executor;

/** Room that other nodes have for attempts of this one. Belongs to the executor's event loop. */
interface Elsewhere {
  /** No other node: this one stands alone. */
  Elsewhere NOWHERE =
      new Elsewhere() {
        @Override
        public int slots() {
          return 0;
        }

        @Override
        public String pick(long functionUid) {
          return null;
        }
      };

  /** Slots of other nodes that are free as far as it is known; 0 while nobody has asked. */
  int slots();

  /** The node to run an attempt of that function, one of its slots being taken; null for none. */
  String pick(long functionUid);
}
