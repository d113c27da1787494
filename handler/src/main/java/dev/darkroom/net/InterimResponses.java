package dev.darkroom.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/** Drops the informational responses (1xx) that may precede an answer, which Vert.x would take for it: 102 says that the server is still at work. */
public final class InterimResponses extends ChannelInboundHandlerAdapter {
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL = 200;

    private boolean dropping;

    private InterimResponses() {}

    /** Begins to drop them on a client's connection. */
    public static void drop(Channel channel) {
        var codec = channel.pipeline().context(HttpClientCodec.class);
        if (codec != null) {
            channel.pipeline().addAfter(codec.name(), "interim responses", new InterimResponses());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse response) {
            int status = response.status().code();
            dropping = status < FIRST_FINAL && status != SWITCHING_PROTOCOLS;
        }
        if (!dropping) {
            context.fireChannelRead(message);
            return;
        }
        ReferenceCountUtil.release(message);
        if (message instanceof LastHttpContent) {
            dropping = false;
            context.read(); // the answer itself is still to come
        }
    }
}
