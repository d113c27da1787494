package dev.darkroom.ring;

import java.util.List;
import java.util.stream.Stream;

/**
 * The order in which blocks of a network are used.
 *
 * @param first used once in a while, one after another, before the others
 * @param blocks used one after another, over and over
 */
public record Course(List<StreamedBlock> first, List<StreamedBlock> blocks) {
    public Course {
        first = List.copyOf(first);
        blocks = List.copyOf(blocks);
    }

    Stream<StreamedBlock> all() {
        return Stream.concat(first.stream(), blocks.stream());
    }

    /** Has each block followed by the next one, and the last by the first of those that are used over and over. */
    void link() {
        List<StreamedBlock> all = all().toList();
        for (int i = 0; i + 1 < all.size(); i++) {
            all.get(i).follow(all.get(i + 1));
        }
        if (!all.isEmpty()) {
            all.getLast().follow(blocks.isEmpty() ? all.getFirst() : blocks.getFirst());
        }
    }

    /** Numbers slots in turn, so that neighbours are in different ones; in the round the last and the first too, if there are three slots. */
    void number(int count) {
        for (int i = 0; i < first.size(); i++) {
            first.get(i).number = Math.floorMod(i - first.size(), count);
        }
        for (int i = 0; i < blocks.size(); i++) {
            boolean meetsFirst = i > 0 && i == blocks.size() - 1 && i % count == 0;
            blocks.get(i).number = meetsFirst && count > 2 ? 1 : i % count;
        }
    }
}
