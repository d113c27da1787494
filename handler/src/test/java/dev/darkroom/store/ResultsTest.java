package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.image.Inscription;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.Destination;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Return;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Stored;
import dev.darkroom.net.AllowedHosts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A finished picture reaches its caller or waits for another try; it is never lost, and no address is false. */
class ResultsTest {
    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private static final S3Connections CONNECTIONS = S3Connections.trusted();
    private static final Picture SMOOTH = TestPictures.gradient(96, 64);
    private static final Picture NOISE = noise(256, 256);
    private static final long ROOM = 10_000_000;
    private static final long SEED = -7;

    @TempDir
    Path directory;

    private final CallerBuckets callers =
            new CallerBuckets(AllowedHosts.ALL, true, Duration.ofHours(1), Duration.ofSeconds(2));

    @AfterEach
    void closeCallers() {
        callers.close();
    }

    @AfterAll
    static void close() {
        CONNECTIONS.close();
    }

    @Test
    void storageThatKeepsFailingIsInTroubleUntilItWorksAgain() throws IOException {
        Results results = results(Optional.empty(), true);
        results.store(finished(SMOOTH, delivery(Return.URL)));
        assertThat(results.trouble()).isEmpty();
        Results wrong = results(bucket("not-the-secret"), true);
        for (int i = 0; i < 3; i++) {
            assertThat(wrong.trouble()).isEmpty();
            assertThatThrownBy(() -> wrong.store(finished(SMOOTH, delivery(Return.URL))))
                    .isInstanceOf(JobException.class);
        }

        assertThat(wrong.trouble())
                .hasValueSatisfying(reason -> assertThat(reason).contains("SignatureDoesNotMatch"));
    }

    @ParameterizedTest
    @EnumSource(names = {"URL", "AUTO"})
    void theWorkersBucketComesBeforeItsFolder(Return as) {
        JobResult.Image kept = results(bucket(S3Server.SECRET), true).store(finished(SMOOTH, delivery(as)));

        assertThat(url(kept).getPath()).matches("/pictures/job-1/[0-9a-f]{32}\\.png");
        assertThat(kept.format()).isEqualTo(ImageFormat.PNG);
        assertThat(kept.size()).isEqualTo(SMOOTH.size());
        assertThat(kept.sample().seed()).isEqualTo(SEED);
        assertThat(kept.notes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"URL", "AUTO"})
    void withoutABucketTheFolderIsTaken(Return as) {
        JobResult.Image kept = results(Optional.empty(), true).store(finished(SMOOTH, delivery(as)));

        Path file = Path.of(url(kept));
        assertThat(file).hasParent(directory.resolve("results")).hasSize(kept.bytes());
    }

    @Test
    void aJobsOwnBucketComesFirst() {
        var destination =
                new Destination(SERVER.address(), S3Server.KEY_ID, S3Server.SECRET, S3Server.BUCKET, "theirs");
        JobResult.Image kept = results(bucket("not-the-secret"), true)
                .store(finished(SMOOTH, delivery(Return.AUTO, ImageFormat.WEBP, destination)));

        assertThat(url(kept).getPath()).matches("/pictures/theirs/job-1/[0-9a-f]{32}\\.webp");
    }

    @Test
    void whereNobodyReadsTheFolderThePictureIsInTheAnswer() {
        JobResult.Image kept = results(Optional.empty(), false).store(finished(SMOOTH, delivery(Return.AUTO)));

        assertThat(TestPictures.meanDifference(SMOOTH, TestPictures.read(inline(kept))))
                .isZero();
        assertThat(kept.bytes()).isEqualTo(inline(kept).length);
        assertThat(directory.resolve("results")).doesNotExist();
    }

    @Test
    void whereNobodyReadsTheFolderAnAddressIsRefusedBeforeTheWork() {
        Results results = results(Optional.empty(), false);

        assertThatThrownBy(() -> results.check(delivery(Return.URL)))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("return: must be base64 or auto, not url")
                .hasMessageContaining("BUCKET_ENDPOINT_URL");
        assertThatCode(() -> results.check(delivery(Return.AUTO))).doesNotThrowAnyException();
        assertThatCode(() -> results.check(delivery(Return.BASE64))).doesNotThrowAnyException();
        assertThatCode(() -> results(Optional.empty(), true).check(delivery(Return.URL)))
                .doesNotThrowAnyException();
        assertThatCode(() -> results(bucket(S3Server.SECRET), false).check(delivery(Return.URL)))
                .doesNotThrowAnyException();
    }

    @Test
    void aJobsBucketIsRefusedBeforeTheWork() {
        var destination = new Destination(URI.create("https://minio.example.com"), "id", "hush", "", "");

        assertThatThrownBy(
                        () -> results(Optional.empty(), true).check(delivery(Return.URL, ImageFormat.PNG, destination)))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("s3Config.bucketName: must be set");
    }

    @Test
    void base64IsInTheAnswerEvenIfThereIsABucket() {
        JobResult.Image kept = results(bucket(S3Server.SECRET), true).store(finished(SMOOTH, delivery(Return.BASE64)));

        assertThat(TestPictures.meanDifference(SMOOTH, TestPictures.read(inline(kept))))
                .isZero();
        assertThat(kept.notes()).isEmpty();
    }

    @Test
    void whatIsTooLargeForTheAnswerIsStored() {
        JobResult.Image kept =
                results(bucket(S3Server.SECRET), true).store(finished(NOISE, delivery(Return.BASE64), 5000));

        assertThat(url(kept).getPath()).startsWith("/pictures/job-1/");
        assertThat(kept.notes())
                .singleElement()
                .asString()
                .matches("images\\[0]: \\d+ bytes of base64 are more than"
                        + " the 5000 that the answer has room for: stored at an address instead");
    }

    @ParameterizedTest
    @CsvSource({"PNG, WEBP", "JPEG, JPEG", "WEBP, WEBP"})
    void whatIsTooLargeAndCannotBeStoredIsMadeSmaller(ImageFormat asked, ImageFormat got) {
        long room = 60_000;
        JobResult.Image kept =
                results(Optional.empty(), false).store(finished(NOISE, delivery(Return.BASE64, asked, null), room));

        assertThat(kept.format()).isEqualTo(got);
        assertThat(4L * Math.ceilDiv(inline(kept).length, 3)).isLessThanOrEqualTo(room);
        assertThat(TestPictures.read(inline(kept)).size()).isEqualTo(NOISE.size());
        assertThat(kept.notes())
                .singleElement()
                .asString()
                .containsPattern("encoded as " + got.fieldValue() + " of quality \\d+$");
    }

    @Test
    void whatIsTooLargeIsMadeSmallerIfStorageFails() {
        JobResult.Image kept =
                results(bucket("not-the-secret"), false).store(finished(NOISE, delivery(Return.BASE64), 60_000));

        assertThat(kept.stored()).isInstanceOf(Stored.Inline.class);
        assertThat(kept.format()).isEqualTo(ImageFormat.WEBP);
        assertThat(unsent()).isEmpty();
    }

    @Test
    void whatDoesNotFitAtAllIsKept() {
        Results results = results(Optional.empty(), false);

        assertThatThrownBy(() -> results.store(finished(NOISE, delivery(Return.BASE64), 1000)))
                .isInstanceOf(JobException.class)
                .hasMessageMatching("images\\[0] could not be stored: \\d+ bytes of base64 are more than the 1000 that"
                        + " the answer has room for, at the lowest quality too: ask for return=url or a smaller picture;"
                        + " the picture is kept: another try of this job will only store it");
        JobResult.Image kept = results.resend("job-1", sample(0, 1), delivery(Return.BASE64), ROOM, UNKNOWN)
                .orElseThrow();
        assertThat(TestPictures.meanDifference(NOISE, TestPictures.read(inline(kept))))
                .isZero();
    }

    @Test
    void anUploadThatFailedIsOnlyStoredAtTheNextTry() throws IOException {
        Results broken = results(bucket("not-the-secret"), true);
        assertThatThrownBy(() -> broken.store(finished(SMOOTH, delivery(Return.URL))))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("images[0] could not be stored: bucket pictures at 127.0.0.1:")
                .hasMessageContaining("SignatureDoesNotMatch (403)")
                .hasMessageEndingWith("another try of this job will only store it")
                .hasMessageNotContaining("not-the-secret")
                .hasMessageNotContaining(directory.toString())
                .extracting(e -> ((JobException) e).code())
                .isEqualTo(JobException.Code.STORE_FAILED);
        assertThat(unsent()).hasSize(1);
        assertThatThrownBy(() -> broken.resend("job-1", sample(0, 1), delivery(Return.URL), ROOM, UNKNOWN))
                .isInstanceOf(JobException.class);
        assertThat(unsent()).hasSize(1);

        Results mended = results(bucket(S3Server.SECRET), true);
        JobResult.Image kept = mended.resend("job-1", sample(0, 1), delivery(Return.URL), ROOM, UNKNOWN)
                .orElseThrow();

        assertThat(kept.sample().seed()).isEqualTo(SEED);
        assertThat(kept.size()).isEqualTo(SMOOTH.size());
        try (var in = url(kept).toURL().openStream()) {
            assertThat(TestPictures.meanDifference(SMOOTH, TestPictures.read(in.readAllBytes())))
                    .isZero();
        }
        assertThat(unsent()).isEmpty();
        assertThat(mended.resend("job-1", sample(0, 1), delivery(Return.URL), ROOM, UNKNOWN))
                .isEmpty();
    }

    @Test
    void onlyTheSamePictureOfTheSameJobIsResent() {
        Results results = results(bucket("not-the-secret"), true);
        assertThatThrownBy(() -> results.store(finished(SMOOTH, delivery(Return.URL))))
                .isInstanceOf(JobException.class);

        for (ResultName other : List.of(
                new ResultName("job-1", 1),
                new ResultName("job-2", 0),
                new ResultName("*", 0),
                new ResultName("job", 10))) {
            assertThat(results.resend(other.job(), sample(other.index(), 1), delivery(Return.BASE64), ROOM, UNKNOWN))
                    .as(other.toString())
                    .isEmpty();
        }
        assertThat(results.resend("job-1", sample(0, 1), delivery(Return.BASE64), ROOM, UNKNOWN))
                .isPresent();
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaidWithoutItsPath() throws IOException {
        Files.writeString(directory.resolve("results"), "in the way");

        assertThatThrownBy(() -> results(Optional.empty(), true).store(finished(SMOOTH, delivery(Return.URL))))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("the worker's folder of results cannot be written")
                .hasMessageNotContaining(directory.toString());
        assertThat(unsent()).hasSize(1);
    }

    @Test
    void whatCannotBeKeptEitherIsSaid() throws IOException {
        Files.writeString(directory.resolve("unsent"), "in the way");

        assertThatThrownBy(() -> results(bucket("not-the-secret"), true).store(finished(SMOOTH, delivery(Return.URL))))
                .isInstanceOf(JobException.class)
                .hasMessageEndingWith("it could not be kept for another try either");
    }

    @Test
    void theCheckAtTheStartNamesTheStorage() throws IOException {
        assertThat(results(bucket(S3Server.SECRET), true).checkStorage()).startsWith("bucket pictures at");
        assertThat(results(Optional.empty(), true).checkStorage()).isEqualTo("own folder");
        assertThat(results(Optional.empty(), false).checkStorage()).isEqualTo("inline only");
    }

    @Test
    void notesOfHowAPictureWasMadeFollowThoseOfHowItWasStored() {
        var cut = new PictureToStore(
                "job-1",
                sample(1, SEED),
                new Media.Still(NOISE),
                List.of("the prompt was cut"),
                Inscription.NONE,
                false,
                delivery(Return.BASE64),
                5000);

        assertThat(results(bucket(S3Server.SECRET), true).store(cut).notes())
                .hasSize(2)
                .endsWith("the prompt was cut")
                .first()
                .asString()
                .startsWith("images[1]: ");
    }

    @Test
    void severalPicturesShareTheAnswer() {
        assertThat(PictureToStore.share(1000, 4)).isEqualTo(250);
        assertThat(PictureToStore.share(1000, 1)).isEqualTo(1000);
    }

    private Results results(Optional<S3Store> bucket, boolean folderIsServed) {
        return new Results(
                bucket,
                new ResultFolder(directory.resolve("results"), Path::toUri, Optional.empty()),
                folderIsServed,
                callers,
                new UnsentPictures(directory.resolve("unsent"), Optional.empty()));
    }

    private static Optional<S3Store> bucket(String secret) {
        return Optional.of(new S3Store(S3Server.target(SERVER.address(), secret, "", Optional.empty()), CONNECTIONS));
    }

    private List<Path> unsent() {
        Path folder = directory.resolve("unsent");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static PictureToStore finished(Picture picture, Delivery delivery) {
        return finished(picture, delivery, ROOM);
    }

    private static PictureToStore finished(Picture picture, Delivery delivery, long share) {
        return new PictureToStore(
                "job-1",
                sample(0, SEED),
                new Media.Still(picture),
                List.of(),
                Inscription.NONE,
                false,
                delivery,
                share);
    }

    private static final Results.Earlier UNKNOWN = new Results.Earlier() {
        @Override
        public Inscription inscription(byte[] finished, ImageFormat format) {
            return Inscription.NONE;
        }

        @Override
        public boolean marked(Media finished) {
            return false;
        }
    };

    private static Sample sample(int index, long seed) {
        return new Sample(index, 0, "a car", seed);
    }

    private static Delivery delivery(Return as) {
        return delivery(as, ImageFormat.PNG, null);
    }

    private static Delivery delivery(Return as, ImageFormat format, @Nullable Destination destination) {
        return new Delivery(format, 90, as, false, 0, destination);
    }

    private static URI url(JobResult.Image kept) {
        assertThat(kept.stored()).isInstanceOf(Stored.At.class);
        return ((Stored.At) kept.stored()).url();
    }

    private static byte[] inline(JobResult.Image kept) {
        assertThat(kept.stored()).isInstanceOf(Stored.Inline.class);
        return ((Stored.Inline) kept.stored()).file();
    }

    /** Hardly compresses. */
    private static Picture noise(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(1).nextBytes(rgb);
        return new Picture(width, height, rgb);
    }
}
