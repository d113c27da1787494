package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.animation.Film;
import dev.darkroom.animation.Films;
import dev.darkroom.animation.VideoFilms;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.image.Inscription;
import dev.darkroom.image.PictureDecoder;
import dev.darkroom.image.manifest.BmffBoxes;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.FrameStream;
import dev.darkroom.video.VideoLimits;
import dev.darkroom.video.VideoReader;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Films that are signed are called valid by our reader, and play as before; deploy/credentials-test has another read the same files. */
class SignedFilmsTest {
    /** Films that are left for the reader of others. */
    private static final Path FOLDER = Path.of("target/credentials-test-films");

    private static final Ffmpeg FFMPEG = Ffmpeg.unpackedIn(Path.of("target", "video-tests"));

    private static final Inscription.Label LABEL = new Inscription.Label("trainedAlgorithmicMedia", "Darkroom 0.1.0");
    private static final int FRAMES = 12;

    @TempDir
    static Path folder;

    private static SignedPictures pictures;

    @BeforeAll
    static void makeKey() throws IOException {
        pictures = new SignedPictures(folder.resolve("keys"));
        Files.createDirectories(FOLDER);
    }

    private static byte[] film(VideoFormat format, int frames) {
        var films = new VideoFilms(FFMPEG, folder.resolve("films"));
        var size = new Size(64, 48);
        var wish = new Films.Wish(format, size, frames, 10, 90, false, LABEL, TestJobs.PLAIN.delivery());
        try (Film film = films.begin(wish)) {
            for (int i = 0; i < frames; i++) {
                film.add(SignedPictures.waves(64, 48, i));
            }
            return film.finish();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = VideoFormat.class,
            names = {"MP4", "GIF", "WEBP"})
    void aFilmIsValidButForTrust(VideoFormat format) throws Exception {
        byte[] plain = film(format, FRAMES);
        byte[] source = pictures.file(SignedPictures.waves(40, 40, 1), ImageFormat.PNG, List.of());
        List<Ingredient> from = SignedPictures.looked(List.of(source)).ingredients();
        for (List<Ingredient> ingredients : List.of(List.<Ingredient>of(), from)) {
            byte[] file = pictures.film(plain, format, ingredients);
            Files.write(FOLDER.resolve("film" + ingredients.size() + "." + format.extension()), file);

            Credentials read = SignedPictures.READER.read(file).orElseThrow();

            assertThat(read.findings().failures()).isEmpty();
            assertThat(read.unsignedBytes()).isZero();
            assertThat(read.generator()).isEqualTo("Darkroom 0.1.0");
            assertThat(read.sourceType())
                    .contains(
                            ingredients.isEmpty() ? "trainedAlgorithmicMedia" : "compositeWithTrainedAlgorithmicMedia");
            assertThat(pictures.film(plain, format, ingredients)).isEqualTo(file);
            assertThat(framesOf(file, format)).hasSize(FRAMES).isEqualTo(framesOf(plain, format));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = VideoFormat.class,
            names = {"MP4", "GIF", "WEBP"})
    void aSingleFrameIsLabelledAndSignedToo(VideoFormat format) throws Exception {
        byte[] plain = film(format, 1);
        byte[] file = pictures.film(plain, format, List.of());

        assertThat(XmpPacket.sourceType(plain)).contains("trainedAlgorithmicMedia");
        assertThat(XmpPacket.sourceType(file)).contains("trainedAlgorithmicMedia");
        assertThat(SignedPictures.READER.read(file).orElseThrow().valid()).isTrue();
        Files.write(FOLDER.resolve("single." + format.extension()), file);
        if (format == VideoFormat.WEBP) {
            assertThat(PictureDecoder.decodeOwn(file).rgb())
                    .isEqualTo(PictureDecoder.decodeOwn(plain).rgb());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = VideoFormat.class,
            names = {"MP4", "GIF", "WEBP"})
    void aFlippedBitAnywhereIsFound(VideoFormat format) {
        byte[] file = pictures.film(film(format, 3), format, List.of());
        var random = new Random(format.ordinal());
        for (int i = 0; i < file.length; i += 1 + random.nextInt(160)) {
            byte[] changed = file.clone();
            changed[i] ^= (byte) (1 << random.nextInt(8));
            Optional<Credentials> read = SignedPictures.READER.read(changed);

            boolean isFtyp = format == VideoFormat.MP4 && i < 32; // which C2PA leaves out
            assertThat(isFtyp || read.isEmpty() || !read.get().valid())
                    .as("byte %d of %d", i, file.length)
                    .isTrue();
        }
    }

    @Test
    void whatComesBehindASignedFilmIsToldThoughC2paLeavesItOut() {
        byte[] file = pictures.film(film(VideoFormat.MP4, 3), VideoFormat.MP4, List.of());
        for (String box : List.of("mfra", "ftyp")) {
            byte[] longer = ByteBuffer.allocate(file.length + 1000)
                    .put(file)
                    .putInt(1000)
                    .put(box.getBytes(StandardCharsets.US_ASCII))
                    .array();
            Credentials read = SignedPictures.READER.read(longer).orElseThrow();

            assertThat(read.unsignedBytes()).as(box).isEqualTo(1000);
        }
    }

    @Test
    void anEmptyCommentAtTheEndOfAGifEndsNothing() {
        byte[] plain = film(VideoFormat.GIF, 3);
        byte[] longer = ByteBuffer.allocate(plain.length + 3)
                .put(plain, 0, plain.length - 1)
                .put(new byte[] {0x21, (byte) 0xFE, 0, 0x3B})
                .array();
        Credentials read = SignedPictures.READER
                .read(pictures.film(longer, VideoFormat.GIF, List.of()))
                .orElseThrow();

        assertThat(read.findings().failures()).isEmpty();
        assertThat(read.unsignedBytes()).isZero();
    }

    /** Damaged films throw nothing: what is read of them does not hold, but where the damage is one that C2PA leaves out. */
    @ParameterizedTest
    @EnumSource(
            value = VideoFormat.class,
            names = {"MP4", "GIF"})
    void manyMutations(VideoFormat format) {
        byte[] file = pictures.film(film(format, 3), format, List.of());
        for (int i = 0; i < 300; i++) {
            byte[] changed = mutated(file, new Random(i));
            SignedPictures.READER.read(changed).ifPresent(Credentials::valid);
            var unused = XmpPacket.sourceType(changed);
        }
        for (int length = 0; length < file.length; length += 211) {
            Optional<Credentials> read = SignedPictures.READER.read(Arrays.copyOf(file, length));
            assertThat(read.isEmpty() || !read.get().valid()).isTrue();
        }
    }

    private static byte[] mutated(byte[] file, Random random) {
        byte[] changed = file.clone();
        List<BmffBoxes.Box> boxes = new BmffBoxes(file).all();
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            int at = random.nextInt(changed.length - 16);
            if (random.nextInt(3) > 0 && !boxes.isEmpty()) {
                at = boxes.get(random.nextInt(boxes.size())).start();
            }
            switch (random.nextInt(5)) {
                case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> ByteBuffer.wrap(changed).putInt(at, random.nextInt(3)); // to the end, or 64 bits
                case 2 -> ByteBuffer.wrap(changed).putInt(at, 1).putLong(at + 8, random.nextLong());
                case 3 -> ByteBuffer.wrap(changed).putInt(at, random.nextInt(2 * changed.length));
                default -> System.arraycopy(file, random.nextInt(file.length - 16), changed, at, 16);
            }
        }
        return changed;
    }

    @Test
    void boxesWithinBoxesAndManyOfThemAreBounded() {
        ByteBuffer nested = ByteBuffer.allocate(8 * 200_000).putInt(8).put("ftyp".getBytes(StandardCharsets.US_ASCII));
        while (nested.hasRemaining()) {
            nested.putInt(nested.remaining()).put("moov".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(new BmffBoxes(nested.array()).at("/moov" + "/moov".repeat(9)))
                .hasValueSatisfying(found -> assertThat(found).hasSize(1));
        assertThat(new BmffBoxes(nested.array()).at("/moov".repeat(11))).isEmpty();
        ByteBuffer many = ByteBuffer.allocate(8 * 200_000);
        while (many.hasRemaining()) {
            many.putInt(8).put("ftyp".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(new BmffBoxes(many.array()).tooMany()).isTrue();
        assertThat(SignedPictures.READER.read(many.array())).isEmpty();
    }

    /** Decoded, where FFmpeg reads the format; else the frames as they lie in the file. */
    private static List<String> framesOf(byte[] file, VideoFormat format) throws Exception {
        List<String> frames = new ArrayList<>();
        if (format == VideoFormat.WEBP) {
            for (int at = 12; at < file.length; ) {
                int length =
                        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 4);
                if (new String(file, at, 4, StandardCharsets.ISO_8859_1).equals("ANMF")) {
                    frames.add(hash(Arrays.copyOfRange(file, at, at + 8 + length)));
                }
                at += 8 + length + length % 2;
            }
            return frames;
        }
        Path path = Files.write(folder.resolve("play"), file);
        try (FrameStream stream = new VideoReader(FFMPEG, VideoLimits.STANDARD)
                .open("video", path)
                .frames()) {
            for (Optional<Picture> next = stream.next(); next.isPresent(); next = stream.next()) {
                frames.add(hash(next.get().rgb()));
            }
        }
        return frames;
    }

    private static String hash(byte[] bytes) {
        return HexFormat.of().formatHex(HashedReference.sha256(bytes));
    }
}
