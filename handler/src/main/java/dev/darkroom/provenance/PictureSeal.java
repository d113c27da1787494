package dev.darkroom.provenance;

import dev.darkroom.credentials.Ingredient;
import dev.darkroom.credentials.ManifestWriter;
import dev.darkroom.credentials.Origin;
import dev.darkroom.credentials.SourceCredentials;
import dev.darkroom.credentials.cose.TimeStamps;
import dev.darkroom.credentials.key.Keys;
import dev.darkroom.credentials.key.PemFiles;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.credentials.reading.Anchors;
import dev.darkroom.credentials.reading.CredentialsReader;
import dev.darkroom.image.Inscription;
import dev.darkroom.image.manifest.ManifestRoom;
import dev.darkroom.image.manifest.SourceType;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.FileFormat;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Provenance;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.FrameArchive;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Has the files of pictures say how they came about, as far as the settings and the job want it. The key is read or made on a thread of its
 * own, so that the start of the worker does not wait for it. Safe for several threads.
 */
public final class PictureSeal {
    private static final Logger LOG = Logger.getLogger(PictureSeal.class);
    private static final String FIELD = "provenance";
    private static final String PRODUCT = "Darkroom ";

    private final ProvenanceSettings settings;
    private final CredentialsReader reader;
    private final String version;
    private final FutureTask<SigningKey> key;
    private final CompletableFuture<Signer> signer = new CompletableFuture<>();

    /** What a key is needed for. */
    private record Signer(ManifestWriter writer, PixelMark mark) {}

    /**
     * Begins to read the key.
     *
     * @param folder for a key that the worker makes itself
     * @param version of this program
     * @throws IllegalArgumentException if trusted certificates cannot be read
     */
    public PictureSeal(ProvenanceSettings settings, Path folder, String version) {
        this.settings = settings;
        this.version = version;
        this.reader = reader(settings);
        this.key = new FutureTask<>(() -> Keys.find(settings.key(), settings.chain(), folder));
        if (settings.most().covers(Provenance.CREDENTIALS)) {
            Thread.ofPlatform().daemon().name("signing key").start(this::begin);
        }
    }

    /** Makes a reader of credentials that trusts whom the operator trusts. */
    static CredentialsReader reader(ProvenanceSettings settings) {
        return new CredentialsReader(anchors(settings.trust()));
    }

    private static Anchors anchors(Optional<String> trust) {
        return trust.filter(text -> !text.isBlank())
                .map(text -> new Anchors(PemFiles.certificates("DARKROOM_PROVENANCE_TRUST", text)))
                .orElse(Anchors.NONE);
    }

    /**
     * Says what is wrong with the settings, without making a key.
     *
     * @param key as in {@link ProvenanceSettings}, like the others
     */
    public static List<String> faults(
            Optional<String> key, Optional<String> chain, Optional<String> trust, Optional<String> timeStamps) {
        List<String> faults = new ArrayList<>();
        check(faults, () -> {
            if (Stream.of(key, chain).flatMap(Optional::stream).anyMatch(text -> !text.isBlank())) {
                var unused = Keys.find(key, chain, Path.of(""));
            }
        });
        check(faults, () -> {
            var unused = anchors(trust);
        });
        check(faults, () -> timeStamps.filter(text -> !text.isBlank()).ifPresent(PictureSeal::checkAuthority));
        return faults;
    }

    private interface Check {
        void run() throws IOException;
    }

    private static void check(List<String> faults, Check check) {
        try {
            check.run();
        } catch (IOException | IllegalArgumentException e) {
            faults.add(String.valueOf(e.getMessage()));
        }
    }

    private static void checkAuthority(String address) {
        try {
            var unused = authority(new URI(address));
        } catch (URISyntaxException e) {
            LOG.debugf(e, "this is no address, as is told of all settings that must be one");
        }
    }

    private static URI authority(URI address) {
        boolean web = "http".equalsIgnoreCase(address.getScheme()) || "https".equalsIgnoreCase(address.getScheme());
        if (!web || address.getHost() == null) {
            throw new IllegalArgumentException(
                    "DARKROOM_PROVENANCE_TIME_STAMPS: must be an http or https address, not " + address);
        }
        return address;
    }

    private void begin() {
        key.run();
        try {
            SigningKey found = key.get();
            signer.complete(new Signer(
                    new ManifestWriter(
                            found,
                            settings.timeStamps().map(PictureSeal::authority).map(TimeStamps::new),
                            version),
                    new PixelMark(found)));
        } catch (ExecutionException e) {
            signer.completeExceptionally(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException | RuntimeException | Error e) {
            signer.completeExceptionally(e); // whoever waits for it is to fail, whatever it is
        }
    }

    /**
     * Waits until pictures can be signed.
     *
     * @return one line for people: whose certificate it is
     * @throws IOException if the worker's own key can neither be read nor written
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    public String check() throws IOException {
        if (!settings.most().covers(Provenance.CREDENTIALS)) {
            return settings.most().fieldValue() + ": pictures are not signed";
        }
        try {
            var unused = signer.join();
            SigningKey found = key.resultNow();
            return "signed by " + found.signer() + (found.own() ? ", whose certificate is on no trust list" : "")
                    + ", until " + LocalDate.ofInstant(found.ends(), ZoneOffset.UTC);
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            if (e.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw e;
        }
    }

    /**
     * Refuses a job whose files are to say less than this worker is set to, or more than it can.
     *
     * @throws JobException naming the field
     */
    public void check(Delivery delivery) {
        Provenance asked = delivery.provenance();
        if (asked == null || asked == settings.most()) {
            return;
        }
        if (asked.covers(settings.most())) {
            throw JobException.badInput(FIELD + ": must be at most "
                    + settings.most().fieldValue() + " on this worker (DARKROOM_PROVENANCE)");
        }
        if (!settings.perRequest()) {
            throw JobException.badInput(FIELD + ": must be " + settings.most().fieldValue()
                    + ": this worker does not let jobs choose (DARKROOM_PROVENANCE_PER_REQUEST)");
        }
    }

    Provenance wanted(Delivery delivery) {
        return delivery.provenance() == null ? settings.most() : delivery.provenance();
    }

    /** Returns what looks at the pictures that a job brings; empty where nothing is said of how pictures came about. */
    public Optional<SourceCredentials> sources(Job job) {
        Provenance wanted = wanted(job.envelope().delivery());
        // not in each frame of an archive once more
        boolean hasPlace = !(job instanceof Job.Animation animation)
                || ManifestRoom.isIn(animation.settings().format());
        return wanted == Provenance.OFF
                ? Optional.empty()
                : Optional.of(new SourceCredentials(reader, hasPlace && wanted.covers(Provenance.CREDENTIALS)));
    }

    /**
     * A picture as it goes out.
     *
     * @param mark what the mark in its pixels says; empty for none
     */
    public record Marked(Media media, Optional<String> mark) {}

    /** Marks a picture, if that is wanted and the picture is one that a mark can be read from. */
    public Marked marked(Delivery delivery, Media media) {
        if (wanted(delivery) != Provenance.FULL) {
            return new Marked(media, Optional.empty());
        }
        return switch (media) {
            case Media.Still(Picture picture) ->
                signer.join()
                        .mark()
                        .marked(picture)
                        .map(found -> new Marked(new Media.Still(found.picture()), Optional.of(found.payload())))
                        .orElseGet(() -> new Marked(media, Optional.empty()));
            case Media.Video video -> // each frame was marked when it was written, or one could not be
                new Marked(
                        media,
                        video.marked()
                                ? signer.join().mark().marked(video.poster()).map(PixelMark.Marked::payload)
                                : Optional.empty());
        };
    }

    /**
     * Returns what the file of a picture is to say.
     *
     * @param caption what the picture was made from; null for nothing
     */
    public Inscription inscription(Delivery delivery, @Nullable String caption, Origin origin) {
        return inscription(
                wanted(delivery), caption, origin, origin.sourceType().word());
    }

    /** Returns what a film says of how it came about. */
    Inscription.Label label(SourceType sourceType) {
        return new Inscription.Label(sourceType.word(), PRODUCT + version);
    }

    /** Returns true if there is a mark in the pixels of a picture that was not changed since. */
    public static boolean isMarked(Media media) {
        return PixelMark.isIn(media);
    }

    /** Returns what a file is to say that takes the place of a finished one, which an earlier try of the job has made. */
    public Inscription again(Delivery delivery, byte[] finished, ImageFormat format) {
        var kept = new SourceCredentials(reader, true);
        kept.add("the same picture in another file", format.mediaType(), finished);
        List<Ingredient> before = kept.ingredients();
        Optional<String> label = XmpPacket.sourceType(finished);
        var origin = new Origin(Optional.empty(), before, Optional.empty(), label);
        return inscription(
                wanted(delivery), null, origin, label.orElse(origin.sourceType().word()));
    }

    /** Finishes a file; of an archive, each frame that is in it. */
    private byte[] sealed(byte[] file, FileFormat format, Origin origin) {
        ManifestWriter writer = signer.join().writer();
        if (format == VideoFormat.ZIP) {
            ManifestWriter ofFrames = writer.unstamped();
            Origin ofEach = origin.unmarked();
            return FrameArchive.finished(file, png -> ofFrames.sealed(png, ImageFormat.PNG, ofEach));
        }
        return ManifestRoom.isIn(format) ? writer.sealed(file, format, origin) : file;
    }

    /** Returns what the caller should know of what a file cannot say. */
    public List<String> notes(Delivery delivery, Media media) {
        boolean isWithout = media instanceof Media.Video video && video.format() == VideoFormat.WEBM;
        return isWithout && wanted(delivery).covers(Provenance.CREDENTIALS)
                ? List.of("output_format: webm has no place for content credentials: the film has none, but says in its"
                        + " comment that a model made it; mp4, gif and webp have one")
                : List.of();
    }

    private Inscription inscription(Provenance wanted, @Nullable String caption, Origin origin, String sourceType) {
        var label = wanted == Provenance.OFF ? null : new Inscription.Label(sourceType, PRODUCT + version);
        Inscription.Seal seal = wanted.covers(Provenance.CREDENTIALS)
                ? (file, format) -> sealed(file, format, origin)
                : Inscription.Seal.NONE;
        return new Inscription(caption, label, seal);
    }
}
