package dev.darkroom.text;

/**
 * The patches that a picture is cut into for the vision tower, which merges square groups of them into one token each.
 *
 * @param rows of patches
 * @param columns of patches
 * @param merge patches along the side of a merge group; rows and columns are multiples of it
 */
public record PatchGrid(int rows, int columns, int merge) {
    /**
     * Checks that the patches can be merged.
     *
     * @throws IllegalArgumentException if rows or columns are no multiples of {@code merge}
     */
    public PatchGrid {
        if (merge < 1 || rows < merge || columns < merge || rows % merge != 0 || columns % merge != 0) {
            throw new IllegalArgumentException(
                    rows + "x" + columns + " patches cannot be merged in squares of " + merge + " by " + merge);
        }
    }

    public int patches() {
        return rows * columns;
    }

    /** Number of rows of merge groups. */
    public int groupRows() {
        return rows / merge;
    }

    /** Number of columns of merge groups. */
    public int groupColumns() {
        return columns / merge;
    }

    /** Number of tokens that the language model sees for this picture, one for each merge group. */
    public int tokens() {
        return groupRows() * groupColumns();
    }
}
