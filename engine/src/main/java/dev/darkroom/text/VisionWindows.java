package dev.darkroom.text;

import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The order in which the vision tower reads the merge groups of its pictures: window after window, so that a window is a run of the
 * sequence. Windows at the right and the bottom edge are smaller where the picture ends.
 *
 * <p>Source: huggingface/transformers, {@code models/qwen2_5_vl/modeling_qwen2_5_vl.py}, {@code get_window_index} and
 * {@code rot_pos_emb}.
 *
 * @param order index of the merge group, in reading order of all pictures, at each place of the sequence
 * @param windows lengths of the windows, in patches
 * @param pictures lengths of the pictures, in patches
 * @param rows the row of each patch of the sequence in its picture
 * @param columns the column of each patch
 */
public record VisionWindows(
        List<Long> order, List<Integer> windows, List<Integer> pictures, List<Long> rows, List<Long> columns) {
    /**
     * Divides pictures into windows.
     *
     * @param side of a window, in merge groups
     */
    public static VisionWindows of(List<PatchGrid> grids, int side) {
        var result = new VisionWindows(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        long first = 0;
        for (PatchGrid grid : grids) {
            for (int top = 0; top < grid.groupRows(); top += side) {
                for (int left = 0; left < grid.groupColumns(); left += side) {
                    result.addWindow(grid, first, top, left, side);
                }
            }
            result.pictures.add(grid.patches());
            first += grid.tokens();
        }
        return result;
    }

    private void addWindow(PatchGrid grid, long first, int top, int left, int side) {
        int before = rows.size();
        for (int y = top; y < Math.min(top + side, grid.groupRows()); y++) {
            for (int x = left; x < Math.min(left + side, grid.groupColumns()); x++) {
                order.add(first + (long) y * grid.groupColumns() + x);
                for (int patch = 0; patch < grid.merge() * grid.merge(); patch++) {
                    rows.add((long) y * grid.merge() + patch / grid.merge());
                    columns.add((long) x * grid.merge() + patch % grid.merge());
                }
            }
        }
        windows.add(rows.size() - before);
    }

    /** Index tensor of {@link #order}. */
    Tensor orderIndex(Device device) {
        return index(order.stream().mapToLong(Long::longValue).toArray(), device);
    }

    /** Index tensor that puts the sequence back into reading order. */
    Tensor readingIndex(Device device) {
        long[] places = new long[order.size()];
        for (int place = 0; place < places.length; place++) {
            places[order.get(place).intValue()] = place;
        }
        return index(places, device);
    }

    /** Positions of the patches, rows, then columns: {@code [2, S]}. */
    Tensor positions(Device device) {
        long[] positions = LongStream.concat(
                        rows.stream().mapToLong(Long::longValue),
                        columns.stream().mapToLong(Long::longValue))
                .toArray();
        return Tensor.of(positions, 2, rows.size()).to(device);
    }

    /** Indexes of consecutive runs of the sequence that have these lengths: one tensor {@code [n, L]} for all runs of one length. */
    static List<Tensor> runs(List<Integer> lengths, Device device) {
        Map<Integer, List<Long>> starts = new LinkedHashMap<>();
        long start = 0;
        for (int length : lengths) {
            starts.computeIfAbsent(length, other -> new ArrayList<>()).add(start);
            start += length;
        }
        List<Tensor> indexes = new ArrayList<>();
        starts.forEach((length, firsts) -> indexes.add(index(
                        firsts.stream()
                                .flatMapToLong(first -> LongStream.range(first, first + length))
                                .toArray(),
                        device)
                .reshape(firsts.size(), length)));
        return indexes;
    }

    private static Tensor index(long[] places, Device device) {
        return Tensor.of(places, places.length).to(device);
    }
}
