package dev.darkroom.credentials;

import dev.darkroom.credentials.reading.Anchors;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.credentials.reading.CredentialsReader;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.manifest.ManifestRoom;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Optional;

/** Any bytes as a file, or as the credentials in one: they are read or not, nothing is thrown, and nobody signs by chance. */
public final class CredentialsFuzz {
    private static final CredentialsReader READER = new CredentialsReader(Anchors.NONE);
    private static final byte[] PLAIN = PictureEncoder.encode(Picture.black(new Size(8, 8)), ImageFormat.PNG, 90);

    private CredentialsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Optional<Credentials> asFile = READER.read(input);
        Optional<Credentials> asStore = READER.read(
                ManifestRoom.in(PLAIN, ImageFormat.PNG, input.length).filled(input));
        if (asStore.isPresent() && asStore.get().valid()) {
            throw new AssertionError("credentials of another file hold for this one");
        }
        asFile.ifPresent(found -> found.findings().failures());
    }
}
