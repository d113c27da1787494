package dev.darkroom.credentials;

import dev.darkroom.credentials.key.Keys;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.credentials.reading.Anchors;
import dev.darkroom.credentials.reading.CredentialsReader;
import dev.darkroom.image.Inscription;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import dev.darkroom.job.VideoFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Makes files with credentials, of pictures that nobody drew. */
public final class SignedPictures {
    public static final CredentialsReader READER = new CredentialsReader(Anchors.NONE);
    private static final Origin.Model MODEL = new Origin.Model("FLUX.1-dev", Optional.of("0ef5fff"));

    private final ManifestWriter writer;

    /** @param folder for the key */
    public SignedPictures(Path folder) throws IOException {
        this(Keys.find(Optional.empty(), Optional.empty(), folder));
    }

    SignedPictures(SigningKey key) {
        this.writer = new ManifestWriter(key, Optional.empty(), "0.1.0");
    }

    /** Makes the file of a picture that a model drew from others. */
    public byte[] file(Picture picture, ImageFormat format, List<Ingredient> ingredients) {
        return file(picture, format, new Origin(Optional.of(MODEL), ingredients, Optional.empty()));
    }

    byte[] file(Picture picture, ImageFormat format, Origin origin) {
        var label = new Inscription.Label(origin.sourceType().word(), "Darkroom 0.1.0");
        return PictureEncoder.encode(
                picture,
                format,
                90,
                new Inscription("{\"seed\": 1}", label, (file, as) -> writer.sealed(file, as, origin)));
    }

    /** Makes the file of a film whose frames a model drew. */
    byte[] film(byte[] film, VideoFormat format, List<Ingredient> ingredients) {
        return writer.sealed(film, format, new Origin(Optional.of(MODEL), ingredients, Optional.empty()));
    }

    /** Looks at files as a job does that brings them. */
    static SourceCredentials looked(List<byte[]> files) {
        var sources = new SourceCredentials(READER, true);
        for (int i = 0; i < files.size(); i++) {
            sources.add("images[" + i + "]", "image/png", files.get(i));
        }
        return sources;
    }

    /** Makes a picture of waves, which compresses as drawn ones do. */
    public static Picture waves(int width, int height, long seed) {
        var random = new Random(seed);
        double[] slopes = random.doubles(6, -0.2, 0.2).toArray();
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            int channel = i % 3;
            int x = i / 3 % width;
            int y = i / 3 / width;
            rgb[i] = (byte) (127 + 100 * Math.sin(slopes[channel] * x + slopes[3 + channel] * y + channel));
        }
        return new Picture(width, height, rgb);
    }
}
