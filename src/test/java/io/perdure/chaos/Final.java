package io.perdure.chaos;

import java.util.List;

/** An invocation as the healed cluster tells it when everything has ended. */
record Final(String id, String status, List<String> events) {
  Final {
    events = List.copyOf(events);
  }
}
