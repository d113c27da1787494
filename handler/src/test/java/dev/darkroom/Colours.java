package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Picture;
import java.util.Arrays;
import java.util.stream.IntStream;

/** What colour a part of a picture has. */
final class Colours {
    private Colours() {}

    /** Mean red, green and blue of a part. */
    static double[] mean(Picture picture, int left, int top, int width, int height) {
        double[] mean = new double[3];
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    mean[channel] += (double) picture.level(x, y, channel) / (width * height);
                }
            }
        }
        return mean;
    }

    /** How far a part is from the same part of another picture: the mean of all channels' distances, in levels of 255. */
    static double distance(Picture picture, Picture other, int left, int top, int width, int height) {
        long sum = 0;
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    sum += Math.abs(picture.level(x, y, channel) - other.level(x, y, channel));
                }
            }
        }
        return (double) sum / (3 * width * height);
    }

    /** How much of a picture is no farther from a colour than so many levels, in any channel: 0 to 1. */
    static double share(Picture picture, int distance, int... colour) {
        long near = IntStream.range(0, picture.width() * picture.height())
                .filter(pixel -> IntStream.range(0, 3)
                        .allMatch(channel ->
                                Math.abs(picture.level(pixel % picture.width(), pixel / picture.width(), channel)
                                                - colour[channel])
                                        <= distance))
                .count();
        return (double) near / (picture.width() * picture.height());
    }

    static double brightness(double[] colour) {
        return Arrays.stream(colour).average().orElseThrow();
    }

    static void assertNear(double[] colour, int distance, int red, int green, int blue) {
        int[] expected = {red, green, blue};
        assertThat(IntStream.range(0, 3))
                .as("%s near %s", Arrays.toString(colour), Arrays.toString(expected))
                .allMatch(channel -> Math.abs(colour[channel] - expected[channel]) <= distance);
    }
}
