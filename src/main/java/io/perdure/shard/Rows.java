package io.perdure.shard;

import io.perdure.bus.ShardMessages.Hit;
import io.perdure.bus.ShardMessages.Order;
import io.perdure.store.StoreReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * Rows of several index ranges and lists, merged: in order, each place once. One thread; blocking.
 */
final class Rows implements AutoCloseable {
  private final Order order;
  private final Comparator<Hit> byPlace;
  private final List<Source> sources = new ArrayList<>();
  private final PriorityQueue<Source> heads;
  private Hit last;

  /** Nothing yet. What is added has to be in that order by itself. */
  Rows(Order order, boolean descending) {
    this.order = order;
    this.byPlace = order.comparator(descending);
    this.heads = new PriorityQueue<>(Comparator.comparing(source -> source.place, byPlace));
  }

  /** The order they come in. */
  Order order() {
    return order;
  }

  /** Adds an index range, which is closed with this. */
  Rows add(StoreReader.Scan scan, Function<StoreReader.Scan, Row> reader) {
    return add(new Source(scan, reader, null));
  }

  /** Adds rows in order. */
  Rows add(List<Row> rows) {
    return add(new Source(null, null, rows.iterator()));
  }

  private Rows add(Source source) {
    sources.add(source);
    if (source.advance()) {
      heads.add(source);
    }
    return this;
  }

  /** The next row, null behind the last. */
  Row next() {
    while (!heads.isEmpty()) {
      Source source = heads.poll();
      Row row = source.row;
      Hit place = source.place;
      if (source.advance()) {
        heads.add(source);
      }
      if (last == null || byPlace.compare(place, last) != 0) {
        last = place;
        return row;
      }
    }
    return null;
  }

  @Override
  public void close() {
    sources.forEach(Source::close);
  }

  private static final class Source {
    private final StoreReader.Scan scan;
    private final Function<StoreReader.Scan, Row> reader;
    private final Iterator<Row> rows;
    private Row row;
    private Hit place;

    Source(StoreReader.Scan scan, Function<StoreReader.Scan, Row> reader, Iterator<Row> rows) {
      this.scan = scan;
      this.reader = reader;
      this.rows = rows;
    }

    /** Goes on to the next row; false behind the last. */
    boolean advance() {
      if (scan == null) {
        row = rows.hasNext() ? rows.next() : null;
      } else {
        // The scan stands on the row read last: only now it has to be left.
        if (row != null) {
          scan.next();
        }
        row = scan.valid() ? reader.apply(scan) : null;
      }
      place = row == null ? null : row.hit();
      return row != null;
    }

    void close() {
      if (scan != null) {
        scan.close();
      }
    }
  }
}
