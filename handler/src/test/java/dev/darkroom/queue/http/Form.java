package dev.darkroom.queue.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A body of {@code multipart/form-data}, byte for byte as curl's {@code -F} makes it. */
public final class Form {
    private static final String BOUNDARY = "------------------------3f1a5c0d77e2b94e";

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    public String contentType() {
        return "multipart/form-data; boundary=" + BOUNDARY;
    }

    public Form text(String name, String value) {
        return part("name=\"" + name + "\"\r\n", value.getBytes(StandardCharsets.UTF_8));
    }

    public Form file(String name, String file, byte[] content) {
        return part(
                "name=\"" + name + "\"; filename=\"" + file + "\"\r\nContent-Type: application/octet-stream\r\n",
                content);
    }

    /** A part that has this behind {@code Content-Disposition: form-data;}. */
    public Form part(String head, byte[] content) {
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + head + "\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public byte[] body() {
        var whole = new ByteArrayOutputStream();
        whole.writeBytes(body.toByteArray());
        whole.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return whole.toByteArray();
    }
}
