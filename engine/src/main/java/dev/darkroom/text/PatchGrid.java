package dev.darkroom.text;

/**
 * The patches that a picture is cut into for the vision tower, which merges square groups of them into one token each.
 *
 * @param rows of patches
 * @param columns of patches
 * @param merge patches along the side of a merge group; rows and columns are multiples of it
 */
public record PatchGrid(int rows, int columns, int merge) {
    public PatchGrid {
        if (merge < 1 || rows < merge || columns < merge || rows % merge != 0 || columns % merge != 0) {
            throw new IllegalArgumentException(
                    rows + "x" + columns + " patches cannot be merged in squares of " + merge + " by " + merge);
        }
    }

    public int patches() {
        return rows * columns;
    }

    public int groupRows() {
        return rows / merge;
    }

    public int groupColumns() {
        return columns / merge;
    }

    /** How many tokens the language model sees for this picture. */
    public int tokens() {
        return groupRows() * groupColumns();
    }
}
