package dev.darkroom.provenance;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.credentials.reading.CredentialsReader;
import dev.darkroom.credentials.reading.Findings;
import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.image.manifest.Shows;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobJson;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Finds out what a file says of how its picture came about, and whether that holds: the answer of {@code /verify}. Asks nobody, and loads no
 * model.
 */
public final class Verification {
    /** Pictures that are decoded and searched at once: each takes a processor, and several bytes for each of its pixels. */
    private static final int SEARCHES = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    private final Semaphore searches = new Semaphore(SEARCHES, true);
    private final CredentialsReader reader;
    private final FoundMark.Pixels pixels;

    /**
     * @param pixels decodes pictures
     * @throws IllegalArgumentException if trusted certificates cannot be read
     */
    public Verification(ProvenanceSettings settings, FoundMark.Pixels pixels) {
        this.reader = PictureSeal.reader(settings);
        this.pixels = pixels;
    }

    /** What was found, and the JSON that tells it. */
    public record Report(boolean broken, ObjectNode json) {}

    /**
     * Looks at a file.
     *
     * @param field that it was sent in, for errors
     * @throws JobException if it is no file of a kind that can say anything
     */
    public Report verify(String field, byte[] file) throws InterruptedException {
        if (!EmbeddedManifest.canBeIn(file)) {
            throw JobException.badInput(field + ": must be a PNG, JPEG, WebP, GIF or MP4 file");
        }
        Optional<Credentials> credentials = reader.read(file);
        Shows shows = Shows.of(file);
        FoundMark mark = shows == Shows.PICTURE
                ? mark(field, file)
                : FoundMark.unknown(
                        "marks are looked for in pictures: send a frame of the " + shows.word() + " as one");
        Optional<String> label = XmpPacket.sourceType(file);
        Optional<String> elsewhere = XmpPacket.credentialsAddress(file);
        ObjectNode json =
                JobJson.object().put("verdict", new Verdict(shows.word()).of(credentials, mark, label, elsewhere));
        json.set("credentials", credentials.map(Verification::json).orElseGet(() -> none(elsewhere)));
        ObjectNode found = json.putObject("mark").put("found", mark.payload().isPresent());
        mark.payload().ifPresent(payload -> found.put("payload", payload));
        found.put("confidence", mark.confidence());
        mark.fault().ifPresent(fault -> found.put("fault", fault));
        label.ifPresent(word -> json.put("label", word));
        boolean broken = credentials.isPresent()
                && !credentials.get().valid()
                && !credentials.get().undecided();
        return new Report(broken, json);
    }

    private FoundMark mark(String field, byte[] file) throws InterruptedException {
        searches.acquire();
        try {
            return pixels.searched(field, file, PixelMark::search);
        } catch (JobException e) {
            return FoundMark.unknown(String.valueOf(e.getMessage()));
        } finally {
            searches.release();
        }
    }

    private static ObjectNode none(Optional<String> elsewhere) {
        ObjectNode json =
                JobJson.object().put("present", false).put("valid", false).put("trusted", false);
        elsewhere.ifPresent(address -> json.put("elsewhere", address));
        json.putArray("ingredients");
        json.putArray("faults");
        return json;
    }

    private static ObjectNode json(Credentials found) {
        ObjectNode json = JobJson.object()
                .put("present", true)
                .put("valid", found.valid())
                .put("trusted", found.valid() && found.trusted());
        putIfKnown(json, "signer", found.signer());
        putIfKnown(json, "issuer", found.issuer());
        found.time().ifPresent(time -> json.put("time", time.toString()));
        putIfKnown(json, "generator", found.generator());
        found.model().ifPresent(model -> json.put("model", model));
        found.sourceType().ifPresent(word -> json.put("source_type", word));
        ArrayNode ingredients = json.putArray("ingredients");
        found.ingredients()
                .forEach(one -> ingredients
                        .addObject()
                        .put("title", one.title())
                        .put("relationship", one.relationship())
                        .put("credentials", one.credentials())
                        .put("valid", one.valid()));
        if (found.unsignedBytes() > 0) {
            json.put("unsigned_bytes", found.unsignedBytes());
        }
        tell(json.putArray("faults"), found.findings().failures());
        if (!found.findings().remarks().isEmpty()) {
            tell(json.putArray("remarks"), found.findings().remarks());
        }
        return json;
    }

    private static void tell(ArrayNode list, List<Findings.Finding> findings) {
        findings.forEach(
                finding -> list.addObject().put("code", finding.code()).put("explanation", finding.explanation()));
    }

    private static void putIfKnown(ObjectNode json, String name, String text) {
        if (!text.isEmpty()) {
            json.put(name, text);
        }
    }
}
