package dev.darkroom.image.drift;

import dev.darkroom.job.Picture;
import java.util.Locale;

/**
 * The shift and zoom of an edited picture against the one it was made from: a detail at a place of the source, counted from the middle, is
 * at {@code zoom · place + shift} of the result. Editing models drift by some pixels, because they were trained on pairs that were not
 * aligned.
 *
 * @param shiftX in pixels of the result
 * @param zoomX factor; 1 for none
 */
public record Drift(double shiftX, double shiftY, double zoomX, double zoomY) {
    /** Moves every detail of the result back to its place in the source; what lies outside of the result repeats its edge. */
    public Picture undo(Picture result) {
        Axis across = Axis.of(result.width(), shiftX, zoomX);
        Axis down = Axis.of(result.height(), shiftY, zoomY);
        byte[] in = result.rgb();
        float[] rows = new float[in.length];
        for (int y = 0; y < result.height(); y++) {
            for (int x = 0; x < result.width(); x++) {
                for (int channel = 0; channel < 3; channel++) {
                    float sum = 0;
                    for (int tap = 0; tap < Axis.TAPS; tap++) {
                        int at = 3 * (y * result.width() + across.place(x, tap)) + channel;
                        sum += across.weight(x, tap) * (in[at] & 0xFF);
                    }
                    rows[3 * (y * result.width() + x) + channel] = sum;
                }
            }
        }
        byte[] out = new byte[in.length];
        int stride = 3 * result.width();
        for (int y = 0; y < result.height(); y++) {
            for (int x = 0; x < stride; x++) {
                float sum = 0;
                for (int tap = 0; tap < Axis.TAPS; tap++) {
                    sum += down.weight(y, tap) * rows[down.place(y, tap) * stride + x];
                }
                out[y * stride + x] = (byte) Math.clamp(Math.round(sum), 0, 255);
            }
        }
        return new Picture(result.width(), result.height(), out);
    }

    /** Computes how far the corner that moved most went, in pixels. */
    double reach(int width, int height) {
        double x = Math.abs(shiftX) + Math.abs(zoomX - 1) * width / 2;
        double y = Math.abs(shiftY) + Math.abs(zoomY - 1) * height / 2;
        return Math.hypot(x, y);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "moved by %.1f, %.1f pixels and zoomed by %.1f, %.1f %%",
                shiftX,
                shiftY,
                100 * (zoomX - 1),
                100 * (zoomY - 1));
    }

    /** The places that the pixels along one axis come from, and their weights of a Catmull-Rom spline. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Axis(int[] places, float[] weights) {
        static final int TAPS = 4;

        static Axis of(int length, double shift, double zoom) {
            int[] places = new int[TAPS * length];
            float[] weights = new float[TAPS * length];
            double middle = (length - 1) / 2.0;
            for (int i = 0; i < length; i++) {
                double from = zoom * (i - middle) + middle + shift;
                int first = (int) Math.floor(from) - 1;
                for (int tap = 0; tap < TAPS; tap++) {
                    places[TAPS * i + tap] = Math.clamp(first + tap, 0, length - 1);
                    weights[TAPS * i + tap] = catmullRom(Math.abs(from - (first + tap)));
                }
            }
            return new Axis(places, weights);
        }

        int place(int i, int tap) {
            return places[TAPS * i + tap];
        }

        float weight(int i, int tap) {
            return weights[TAPS * i + tap];
        }

        private static float catmullRom(double d) {
            if (d >= 2) {
                return 0;
            }
            return (float) (d < 1 ? (1.5 * d - 2.5) * d * d + 1 : ((-0.5 * d + 2.5) * d - 4) * d + 2);
        }
    }
}
