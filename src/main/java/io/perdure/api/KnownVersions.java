package io.perdure.api;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * Makes a request of another version than 1.0 and 1.1 one that cannot be read, like any other first
 * line that is wrong. The framework would answer it 501, as if the server were at fault, in the
 * version asked for: with whatever bytes stand in its place. It has no setting for that, hence the
 * handler of Netty's. Thread: event loop of the connection.
 */
@Sharable
final class KnownVersions extends ChannelInboundHandlerAdapter {
  private static final KnownVersions INSTANCE = new KnownVersions();

  private KnownVersions() {}

  /** Called before anything is read from {@code connection}. */
  static void only(HttpConnection connection) {
    ChannelHandlerContext handler = ((HttpServerConnection) connection).channelHandlerContext();
    handler.pipeline().addBefore(handler.name(), null, INSTANCE);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request && !isKnown(request.protocolVersion())) {
      if (request.decoderResult().isSuccess()) {
        request.setDecoderResult(
            DecoderResult.failure(new IllegalArgumentException("version of HTTP")));
      }
      request.setProtocolVersion(HttpVersion.HTTP_1_1); // that of the answer
    }
    context.fireChannelRead(message);
  }

  /** By identity, as the framework looks at it: equal ones are in lower case. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isKnown(HttpVersion version) {
    return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
  }
}
