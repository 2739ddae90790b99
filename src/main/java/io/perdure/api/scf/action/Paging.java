package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Field;
import java.util.List;

/** Order, offset and limit of lists that are put together here. */
final class Paging {
  /** Items of a page when no limit is given. */
  static final int LIMIT_DEFAULT = 20;

  /** Most items of a page; the cloud does not say how many it gives of these. */
  static final int LIMIT_MAX = 1_000;

  static final Field OFFSET = Field.integer("Offset").code("Offset").between(0, Integer.MAX_VALUE);
  static final Field LIMIT = Field.integer("Limit").code("Limit").between(0, LIMIT_MAX);
  static final Field ORDER = Field.text("Order").code("Order").oneOf("ASC", "DESC");

  private Paging() {}

  /** True for {@code DESC}; {@code absent} when no order is given. */
  static boolean descending(Args args, boolean absent) {
    return args.has("Order") ? args.text("Order").equals("DESC") : absent;
  }

  /** The items that were asked for by {@link #OFFSET} and {@link #LIMIT}. */
  static <T> List<T> page(Args args, List<T> all) {
    return page(all, args.integer("Offset", 0), args.integer("Limit", LIMIT_DEFAULT));
  }

  /** At most {@code limit} items from {@code offset} on. */
  static <T> List<T> page(List<T> all, long offset, long limit) {
    int from = (int) Math.min(offset, all.size());
    return all.subList(from, (int) Math.min(from + limit, all.size()));
  }
}
