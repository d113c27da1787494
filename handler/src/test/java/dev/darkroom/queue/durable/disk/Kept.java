package dev.darkroom.queue.durable.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Where a request is kept, by its length; as a prompt, each is within the limits. What holds for the one kind has to hold for the other. */
public enum Kept {
    IN_THE_DATABASE("request"),
    IN_A_FILE("ü".repeat(9_000));

    private final String text;

    Kept(String text) {
        this.text = text;
    }

    /** A request that is kept so. */
    public String text() {
        return text;
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Damages a bit or a few of a job's request, in a folder that nobody has open. */
    void damage(Path folder, String id) throws IOException {
        String name = id + ".request";
        switch (this) {
            case IN_THE_DATABASE -> {
                try (var records = new Records(folder.resolve("jobs.mv"))) {
                    var sealed = new StringBuilder(Objects.requireNonNull(records.text(name)));
                    int middle = sealed.length() / 2;
                    sealed.setCharAt(middle, sealed.charAt(middle) == 'A' ? 'B' : 'A');
                    records.put(name, sealed.toString());
                }
            }
            case IN_A_FILE -> {
                byte[] sealed = Files.readAllBytes(folder.resolve(name));
                sealed[sealed.length - 1] ^= 1;
                Files.write(folder.resolve(name), sealed);
            }
        }
    }
}
