package dev.darkroom.credentials;

import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.jumbf.SuperBox;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.credentials.reading.CredentialsReader;
import dev.darkroom.image.manifest.XmpPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the pictures that a job brings say of themselves, gathered: it goes on with the new picture, and the caller is told. What is
 * damaged, too large or contradicts another picture's is told and left behind; the picture is used all the same. For one job and one thread.
 */
public final class SourceCredentials {
    /** Bytes of credentials that go on with a new picture, of one picture and of all. */
    private static final int LARGEST = 1 << 20;

    private static final int LARGEST_OF_ALL = 4 << 20;

    /** Manifests that go on with a new picture: fewer than are read, so that one more can be. */
    private static final int MOST = 100;

    private final CredentialsReader reader;
    private final boolean goOn;
    private final List<Ingredient> ingredients = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** Label of a manifest that goes on → its bytes. */
    private final Map<String, byte[]> carried = new HashMap<>();

    private long carriedBytes;

    /** @param goOn false for a new picture whose file has no credentials, so that none can go on with it */
    public SourceCredentials(CredentialsReader reader, boolean goOn) {
        this.reader = reader;
        this.goOn = goOn;
    }

    /**
     * Looks at a picture.
     *
     * @param field of the payload, for notes
     * @param mediaType of the file
     */
    public void add(String field, String mediaType, byte[] file) {
        Optional<Credentials> found = reader.read(file);
        Optional<Ingredient.Carried> own = found.flatMap(credentials -> carried(field, credentials));
        XmpPacket.sourceType(file).ifPresent(label -> notes.add(field + ": it is labelled as " + label));
        byte[] hash = HashedReference.sha256(file);
        ingredients.add(new Ingredient(field, mediaType, "xmp:iid:" + Ids.uuid(ByteBuffer.wrap(hash)), own));
    }

    private Optional<Ingredient.Carried> carried(String field, Credentials credentials) {
        List<SuperBox> manifests = credentials.manifests();
        long bytes =
                manifests.stream().mapToLong(box -> box.end() - box.start()).sum();
        String fault = credentials.valid()
                ? ""
                : ", which do not hold ("
                        + credentials.findings().failures().getFirst().explanation() + ")";
        String whose = field + ": it has content credentials"
                + (credentials.signer().isEmpty() ? "" : " of " + credentials.signer()) + fault;
        if (manifests.isEmpty() || !goOn) {
            notes.add(whose + "; they do not go on with the new picture");
        } else if (bytes > LARGEST
                || carriedBytes + bytes > LARGEST_OF_ALL
                || carried.size() + manifests.size() > MOST) {
            notes.add(whose + "; they are too many or too large to go on with the new picture: " + manifests.size()
                    + " manifests of " + bytes + " bytes");
        } else if (manifests.stream().anyMatch(this::contradicts)) {
            notes.add(whose + "; they do not go on with the new picture, for another picture's have the same name");
        } else {
            notes.add(whose);
            manifests.forEach(box -> carried.put(box.label(), box.whole()));
            carriedBytes += bytes;
            return Optional.of(new Ingredient.Carried(manifests, credentials.findings()));
        }
        return Optional.empty();
    }

    private boolean contradicts(SuperBox manifest) {
        byte[] known = carried.get(manifest.label());
        return known != null && !Arrays.equals(known, manifest.whole());
    }

    /** Returns the pictures, in the order in which they were added. */
    public List<Ingredient> ingredients() {
        return List.copyOf(ingredients);
    }

    /** Returns what the caller should know of them. */
    public List<String> notes() {
        return List.copyOf(notes);
    }
}
