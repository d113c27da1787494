package dev.darkroom.mmdit;

import dev.darkroom.nn.Modulation;
import java.util.List;

/** The modulations of all blocks of one step. */
record Modulations(List<DoubleStreamBlock.Sets> doubles, List<Modulation.Set> singles, Modulation.Norm out) {
    /** Norm of the image tokens before double stream block {@code i}, or before what follows the last one. */
    Modulation.Norm image(int i) {
        return i < doubles.size() ? doubles.get(i).image().attention().norm() : joint(0).plain();
    }

    /** Norm of the text tokens before double stream block {@code i}, or before what follows the last one. */
    Modulation.Norm text(int i) {
        return i < doubles.size() ? doubles.get(i).text().attention().norm() : joint(0).plain();
    }

    /** Norm of all tokens before single stream block {@code i}, or behind the last one. */
    Modulation.Norm joint(int i) {
        return i < singles.size() ? singles.get(i).norm() : out;
    }
}
