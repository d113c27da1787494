package dev.darkroom.animation;

import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Sampling;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Sources;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells whether frames of an earlier try are those that a job would draw again: a digest of all that they follow from but the seed. */
final class Fingerprint {
    /** Goes up whenever the same settings give other frames. */
    private static final int VERSION = 3;

    private final MessageDigest digest;

    private Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** 64 hexadecimal digits. What becomes of the frames, such as the film's format, does not count. */
    static String of(
            Job.Animation job, Sources sources, String identity, CheckpointDefaults defaults, boolean hasDepth) {
        var print = new Fingerprint();
        print.add(VERSION).add(identity).add(defaults).add(hasDepth);
        print.add(job.sampling());
        print.add(job.settings());
        Stream.concat(sources.images().stream(), Stream.ofNullable(sources.mask()))
                .forEach(print::add);
        if (sources.video() != null) {
            print.digest.update(sources.video().digest());
        }
        sources.loras().forEach(lora -> print.add(lora.identity()).add(lora.scale()));
        return HexFormat.of().formatHex(print.digest.digest());
    }

    private void add(Sampling sampling) {
        add(sampling.prompts())
                .add(sampling.negativePrompt())
                .add(sampling.framing())
                .add(sampling.steps())
                .add(sampling.guidanceScale())
                .add(sampling.trueCfgScale())
                .add(sampling.shortcuts())
                .add(sampling.loras());
    }

    private void add(AnimationSettings settings) {
        Map<String, String> deforum = new TreeMap<>(settings.deforum());
        deforum.remove("seed");
        add(deforum).add(new TreeMap<>(settings.prompts())).add(new TreeMap<>(settings.negativePrompts()));
        add(settings.preset());
    }

    private void add(Picture picture) {
        add(picture.size());
        digest.update(picture.rgb());
    }

    /** Adds a value as text, with its length before it. */
    private Fingerprint add(@Nullable Object value) {
        byte[] text = String.valueOf(value).getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
        digest.update(text);
        return this;
    }
}
