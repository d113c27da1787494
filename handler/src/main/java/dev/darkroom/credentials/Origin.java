package dev.darkroom.credentials;

import dev.darkroom.image.manifest.SourceType;
import java.util.List;
import java.util.Optional;

/**
 * How a picture came about, as its credentials tell it.
 *
 * @param model that drew it, and its revision; empty for a picture that was only encoded anew
 * @param ingredients pictures that it was made from, the one that was edited first; none for a picture from noise
 * @param mark what the invisible mark in its pixels says
 * @param before IPTC's last word for how the picture came about that was only encoded anew, where that is known
 */
public record Origin(
        Optional<Model> model, List<Ingredient> ingredients, Optional<String> mark, Optional<String> before) {
    public Origin {
        ingredients = List.copyOf(ingredients);
        if (before.isPresent() && !before.get().matches("\\w{1,60}")) {
            throw new IllegalArgumentException("no word of IPTC's: " + before.get());
        }
    }

    /** Tells of a picture of which nothing was known before. */
    public Origin(Optional<Model> model, List<Ingredient> ingredients, Optional<String> mark) {
        this(model, ingredients, mark, Optional.empty());
    }

    /**
     * A model.
     *
     * @param revision of its checkpoint, where it is known
     */
    public record Model(String name, Optional<String> revision) {}

    /** Returns the same of a picture without a mark, or with one that nobody knows. */
    public Origin unmarked() {
        return new Origin(model, ingredients, Optional.empty(), before);
    }

    /** Returns IPTC's name for how such a picture came about. */
    public SourceType sourceType() {
        return ingredients.isEmpty() || model.isEmpty() ? SourceType.GENERATED : SourceType.EDITED;
    }
}
