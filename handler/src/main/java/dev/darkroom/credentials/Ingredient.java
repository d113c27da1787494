package dev.darkroom.credentials;

import dev.darkroom.credentials.jumbf.SuperBox;
import dev.darkroom.credentials.reading.Findings;
import java.util.List;
import java.util.Optional;

/**
 * A picture that another one was made from.
 *
 * @param title for people
 * @param mediaType such as {@code image/png}
 * @param instance id that is computed from its file
 * @param manifests its own credentials, which go on with the new picture; empty where it has none, or none that can be carried
 */
public record Ingredient(String title, String mediaType, String instance, Optional<Carried> manifests) {
    /**
     * Credentials of a picture, carried on.
     *
     * @param manifests all of their manifests, the picture's own last
     * @param findings what was found out about them
     */
    public record Carried(List<SuperBox> manifests, Findings findings) {}
}
