package dev.darkroom.logs.trace;

import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;

/** Makes senders for OpenTelemetry's exporter, which finds this class as a service; its own would bring an HTTP client and a language along. */
public final class OtlpSenders implements HttpSenderProvider {
    @Override
    public HttpSender createSender(HttpSenderConfig config) {
        return new OtlpSender(config);
    }
}
