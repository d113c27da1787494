package dev.darkroom.video;

import dev.darkroom.job.Size;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a video before its pixels are decoded.
 *
 * @param isUntagged true if its frames do not say which matrix made their colours
 */
record VideoDescription(VideoInfo info, boolean isUntagged) {
    private static final FrameRate NO_RATE = new FrameRate(25, 1);
    private static final double WIDEST_PIXEL = 100;

    /**
     * Reads ffprobe's words.
     *
     * @param coded size of the frames as they are stored
     */
    static VideoDescription of(VideoKind kind, String codec, Size coded, long frames, Map<String, String> values) {
        Optional<FrameRate> said = rate(values, "avg_frame_rate").or(() -> rate(values, "r_frame_rate"));
        FrameRate rate = said.orElse(NO_RATE);
        Duration duration = duration(values, "duration")
                .or(() -> duration(values, "format.duration"))
                .orElseGet(() -> rate.duration(frames));
        String colours = values.getOrDefault("color_space", "unknown");
        return new VideoDescription(
                new VideoInfo(kind, codec, shown(coded, values), rate, frames, duration), colours.equals("unknown"));
    }

    private static Size shown(Size coded, Map<String, String> values) {
        double pixel = fraction(values.getOrDefault("sample_aspect_ratio", ""), ":")
                .map(ratio -> ratio[0] / (double) ratio[1])
                .filter(ratio -> ratio <= WIDEST_PIXEL && ratio >= 1 / WIDEST_PIXEL)
                .orElse(1.0);
        Size square = new Size((int) Math.max(1, Math.rint(coded.width() * pixel)), coded.height());
        boolean onItsSide =
                values.getOrDefault("side_data_list.side_data.rotation", "").matches("-?(90|270)");
        return onItsSide ? new Size(square.height(), square.width()) : square;
    }

    private static Optional<FrameRate> rate(Map<String, String> values, String name) {
        return fraction(values.getOrDefault(name, ""), "/").map(ratio -> new FrameRate(ratio[0], ratio[1]));
    }

    /** Reads two positive numbers. */
    private static Optional<int[]> fraction(String text, String between) {
        int at = text.indexOf(between);
        if (!text.matches("[1-9]\\d{0,8}[:/][1-9]\\d{0,8}") || at < 0) {
            return Optional.empty();
        }
        return Optional.of(
                new int[] {Integer.parseInt(text.substring(0, at)), Integer.parseInt(text.substring(at + 1))});
    }

    private static Optional<Duration> duration(Map<String, String> values, String name) {
        String text = values.getOrDefault(name, "");
        if (!text.matches("\\d{1,9}(\\.\\d{1,9})?") || text.matches("[0.]+")) {
            return Optional.empty();
        }
        return Optional.of(
                Duration.ofNanos(new BigDecimal(text).movePointRight(9).longValue()));
    }
}
