package dev.darkroom.ring;

import java.util.List;
import java.util.stream.Stream;

/** The blocks of a network in the order in which they compute, whose weights may come to the device one after another. */
public final class Blocks<T> {
    private final List<Held<T>> blocks;

    /** Makes them of single blocks. */
    public Blocks(List<Held<T>> blocks) {
        this.blocks = List.copyOf(blocks);
    }

    public int size() {
        return blocks.size();
    }

    /** Returns a block to compute with: its weights are there until another block is asked for. */
    public T at(int index) {
        return blocks.get(index).here();
    }

    /** All blocks, for what is known of them without their weights. */
    public Stream<T> stream() {
        return blocks.stream().map(Held::itself);
    }
}
