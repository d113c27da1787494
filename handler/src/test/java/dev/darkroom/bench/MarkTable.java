package dev.darkroom.bench;

import dev.darkroom.job.Picture;
import dev.darkroom.mark.Change;
import dev.darkroom.mark.Found;
import dev.darkroom.mark.Mark;
import dev.darkroom.mark.MarkReader;
import dev.darkroom.mark.Payload;
import dev.darkroom.mark.Quality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** After which changes marks were read, by the size of the picture; what became nearly all white or all black is counted apart. */
final class MarkTable {
    private static final int LARGE = 512 * 384;
    private static final double SMALL_BAR = 0.95;
    private static final double BAR = 0.99;
    private static final double PSNR_BAR = 42;
    private static final double SSIM_BAR = 0.99;

    /** The part of a picture that is black or white where no more is left of it than of a flat one at an end of the range. */
    private static final double NEARLY_ALL = 0.9;

    private static final int WHITE = 255;

    /** How a picture fared after a change. */
    private enum Fate {
        READ,
        LOST,
        FLAT_READ,
        FLAT_LOST
    }

    /** One picture with its mark, after all changes. */
    record Row(String kind, boolean large, double psnr, double ssim, Map<Change, Fate> fates) {
        static Row of(String kind, Picture plain, Payload payload) throws IOException {
            Picture marked = Mark.embed(plain, payload);
            Map<Change, Fate> fates = new LinkedHashMap<>();
            for (Change change : Change.ALL) {
                boolean flat = atTheEnd(change.apply(plain));
                boolean read = MarkReader.read(change.apply(marked))
                        .map(Found::payload)
                        .filter(payload::equals)
                        .isPresent();
                fates.put(change, flat ? read ? Fate.FLAT_READ : Fate.FLAT_LOST : read ? Fate.READ : Fate.LOST);
            }
            boolean large = plain.size().area() >= LARGE;
            return new Row(kind, large, Quality.psnr(plain, marked), Quality.ssim(plain, marked), fates);
        }
    }

    /** How many marks of how many were read. */
    private static final class Count {
        private int read;
        private int all;

        void add(boolean right) {
            read += right ? 1 : 0;
            all++;
        }

        double share() {
            return all == 0 ? 1 : (double) read / all;
        }

        @Override
        public String toString() {
            return all == 0 ? "" : String.format(Locale.ROOT, "%.1f %% (%d of %d)", 100 * share(), read, all);
        }
    }

    private final List<Row> rows = new ArrayList<>();

    void add(Row row) {
        rows.add(row);
    }

    private static boolean atTheEnd(Picture picture) {
        int ends = 0;
        byte[] rgb = picture.rgb();
        for (int i = 0; i < rgb.length; i += 3) {
            int all = (rgb[i] & 0xFF) + (rgb[i + 1] & 0xFF) + (rgb[i + 2] & 0xFF);
            ends += all == 0 || all == 3 * WHITE ? 1 : 0;
        }
        return ends >= NEARLY_ALL * (rgb.length / 3);
    }

    void print() {
        System.out.printf(
                "%n| after (%d pictures) | 256×256 | 512×384 and larger | nearly all white or black |%n| --- | --- | --- | --- |%n",
                rows.size());
        Change.ALL.forEach(change -> System.out.printf(
                "| %s%s | %s | %s | %s |%n",
                change.name(), change.bar() ? "" : " *", count(change, false), count(change, true), flat(change)));
        System.out.println("* not held to the bar");
        kinds();
        quality();
        Change.ALL.stream().filter(Change::bar).forEach(change -> {
            expect("256×256, " + change.name(), count(change, false), SMALL_BAR);
            expect("larger, " + change.name(), count(change, true), BAR);
        });
    }

    private Count count(Change change, boolean large) {
        Count count = new Count();
        for (Row row : rows) {
            Fate fate = row.fates.get(change);
            if (row.large == large && (fate == Fate.READ || fate == Fate.LOST)) {
                count.add(fate == Fate.READ);
            }
        }
        return count;
    }

    private Count flat(Change change) {
        Count count = new Count();
        for (Row row : rows) {
            Fate fate = row.fates.get(change);
            if (fate == Fate.FLAT_READ || fate == Fate.FLAT_LOST) {
                count.add(fate == Fate.FLAT_READ);
            }
        }
        return count;
    }

    private static void expect(String what, Count count, double bar) {
        if (count.share() < bar) {
            Bench.expect(what, count.share(), "read", false);
        }
    }

    /** How each kind of pictures fared after the changes that are held to the bar. */
    private void kinds() {
        Map<String, Count> kinds = new TreeMap<>();
        for (Row row : rows) {
            Count count = kinds.computeIfAbsent(
                    row.kind + (row.large ? ", 512×384 and larger" : ", 256×256"), any -> new Count());
            row.fates.forEach((change, fate) -> {
                if (change.bar() && (fate == Fate.READ || fate == Fate.LOST)) {
                    count.add(fate == Fate.READ);
                }
            });
        }
        System.out.println();
        kinds.forEach((kind, count) -> System.out.printf("%-40s %s%n", kind, count));
    }

    private void quality() {
        double psnr = rows.stream().mapToDouble(Row::psnr).min().orElseThrow();
        double ssim = rows.stream().mapToDouble(Row::ssim).min().orElseThrow();
        System.out.printf(
                Locale.ROOT,
                "%nPSNR %.2f dB or more, %.2f in the mean; SSIM %.4f or more, %.4f in the mean%n",
                psnr,
                rows.stream().mapToDouble(Row::psnr).average().orElseThrow(),
                ssim,
                rows.stream().mapToDouble(Row::ssim).average().orElseThrow());
        Bench.expect("least PSNR", psnr, "dB", psnr >= PSNR_BAR);
        Bench.expect("least SSIM", ssim, "", ssim >= SSIM_BAR);
    }
}
