package dev.darkroom.bench;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.mark.Change;
import dev.darkroom.mark.Mark;
import dev.darkroom.mark.MarkReader;
import dev.darkroom.mark.Payload;
import dev.darkroom.mark.Scenes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * The invisible mark: what it costs, after which changes it is read, how much it changes pictures, and that pictures without one have none.
 * Ten minutes or so on two free cores. {@code PICTURES=folder} adds photographs, three pictures of each; {@code UNMARKED=10000} says how many
 * pictures without a mark are read (200), some seven a second and core.
 */
final class MarkBench {
    private static final double MILLISECONDS_BAR = 30;
    private static final int UNMARKED = 200;

    private MarkBench() {}

    static void run() throws Exception {
        speed();
        List<MarkPictures.Source> sources;
        try (var model = LoadedModel.from(Bench.POCKET)) {
            sources = MarkPictures.all(model);
        }
        try (var workers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            MarkTable table = new MarkTable();
            List<Callable<MarkTable.Row>> rows = new ArrayList<>();
            for (int i = 0; i < sources.size(); i++) {
                var source = sources.get(i);
                Payload payload = payload(i);
                rows.add(() -> MarkTable.Row.of(source.kind(), source.of().make(), payload));
            }
            each(workers, rows).forEach(table::add);
            table.print();
            unmarked(workers, sources);
        }
    }

    private static void speed() throws Exception {
        System.out.println(embedding(new Size(256, 256)));
        System.out.println(embedding(new Size(512, 512)));
        for (int side : new int[] {1024, 2048}) {
            Measured one = embedding(new Size(side, side));
            System.out.println(one);
            double found = one.median() / (side * side / 1e6);
            Bench.expect(
                    "marking " + side + "×" + side + " takes up to 30 ms a megapixel",
                    found,
                    "ms a megapixel",
                    found <= MILLISECONDS_BAR);
        }
        Picture plain = Scenes.scene(7, new Size(1024, 1024), 1);
        Picture marked = Mark.embed(plain, payload(1));
        System.out.println(Measured.milliseconds("read from 1024×1024", 5, 10, () -> MarkReader.read(marked)));
        System.out.println(
                Measured.milliseconds("looked for in vain in 1024×1024", 2, 5, () -> MarkReader.read(plain)));
    }

    private static Measured embedding(Size size) throws Exception {
        Picture plain = Scenes.scene(7, size, 1);
        return Measured.milliseconds(
                "marked, " + size.width() + "×" + size.height(), 30, 30, () -> Mark.embed(plain, payload(1)));
    }

    private static Payload payload(int number) {
        return new Payload(1, 4711, number * 1_000_003L);
    }

    private static <T> List<T> each(ExecutorService workers, List<Callable<T>> work) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> one : workers.invokeAll(work)) {
            results.add(one.get());
        }
        return results;
    }

    /** Reads parts of the same pictures without marks, of 128 to 256 pixels a side. */
    private static void unmarked(ExecutorService workers, List<MarkPictures.Source> sources) throws Exception {
        String asked = System.getenv("UNMARKED");
        int count = asked == null ? UNMARKED : Integer.parseInt(asked);
        List<Callable<Integer>> all = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            var source = sources.get(i);
            int[] numbers = IntStream.iterate(i, n -> n < count, n -> n + sources.size())
                    .toArray();
            all.add(() -> {
                Picture whole = numbers.length == 0
                        ? Picture.black(new Size(1, 1))
                        : source.of().make();
                int found = 0;
                for (int number : numbers) {
                    found += MarkReader.read(part(whole, number)).isPresent() ? 1 : 0;
                }
                return found;
            });
        }
        int wrong = each(workers, all).stream().mapToInt(Integer::intValue).sum();
        Bench.expect("marks found in " + count + " unmarked pictures", wrong, "", wrong == 0);
    }

    private static Picture part(Picture whole, int number) {
        int side = 128 + number * 37 % 129;
        int left = number * 1009 % (whole.width() - side + 1);
        int top = number * 757 % (whole.height() - side + 1);
        return Change.cut(whole, left, top, side, side);
    }
}
