package dev.darkroom.lora;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A change of a module of low rank, {@code alpha / rank · up · down}, to be written in any format or added to the weights themselves.
 *
 * @param module its authors' name
 * @param xlabs XLabs' name; empty if they have none
 * @param layers the diffusers layers that it stands for, one after another in the rows
 * @param rows of each layer
 * @param swaps true if diffusers has the halves of the rows the other way round
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Change(
        String module,
        String xlabs,
        List<String> layers,
        List<Integer> rows,
        int in,
        int rank,
        float alpha,
        boolean swaps,
        float[] down,
        float[] up) {
    /** Small numbers, the same for the same seed. */
    static Change random(String line, ChangedCheckpoint checkpoint, int rank, long seed) {
        List<String> words = List.of(line.split(" "));
        List<String> layers = words.subList(2, words.size());
        List<Integer> rows = new ArrayList<>();
        for (String layer : layers) {
            rows.add((int) checkpoint.get(layer + ".weight").shape()[0]);
        }
        int in = (int) checkpoint.get(layers.getFirst() + ".weight").shape()[1];
        int out = rows.stream().mapToInt(Integer::intValue).sum();
        var random = new Random(seed);
        return new Change(
                words.get(0),
                words.get(1).equals("-") ? "" : words.get(1),
                layers,
                rows,
                in,
                rank,
                0.5f * rank,
                words.get(0).contains("adaLN"),
                numbers(random, rank * in),
                numbers(random, out * rank));
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = 0.3f * (float) random.nextGaussian();
        }
        return numbers;
    }

    int out() {
        return rows.stream().mapToInt(Integer::intValue).sum();
    }

    float factor() {
        return alpha / rank;
    }

    /** The rows of {@code up} of one layer, in diffusers' order. */
    float[] upOf(int layer) {
        int first = rows.subList(0, layer).stream().mapToInt(Integer::intValue).sum();
        float[] part = Arrays.copyOfRange(up, first * rank, (first + rows.get(layer)) * rank);
        if (!swaps) {
            return part;
        }
        float[] swapped = new float[part.length];
        int half = part.length / 2;
        System.arraycopy(part, half, swapped, 0, half);
        System.arraycopy(part, 0, swapped, half, half);
        return swapped;
    }

    /** Adds {@code scale} times this to the weights. */
    void addTo(ChangedCheckpoint checkpoint, double scale) {
        for (int layer = 0; layer < layers.size(); layer++) {
            float[] part = upOf(layer);
            float[] delta = new float[rows.get(layer) * in];
            for (int row = 0; row < rows.get(layer); row++) {
                for (int column = 0; column < in; column++) {
                    double sum = 0;
                    for (int r = 0; r < rank; r++) {
                        sum += (double) part[row * rank + r] * down[r * in + column];
                    }
                    delta[row * in + column] = (float) (scale * factor() * sum);
                }
            }
            checkpoint.add(layers.get(layer) + ".weight", delta);
        }
    }
}
