package dev.darkroom.animation;

import dev.darkroom.job.Picture;

/**
 * What of a picture changes as an animation burns or greys.
 *
 * @param brightness mean luma, 0…1
 * @param contrast standard deviation of luma
 * @param saturation mean of the distance between a pixel's largest and smallest channel
 */
record Look(double brightness, double contrast, double saturation) {
    static Look of(Picture picture) {
        byte[] rgb = picture.rgb();
        double sum = 0;
        double squares = 0;
        double colours = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            int red = rgb[i] & 0xFF;
            int green = rgb[i + 1] & 0xFF;
            int blue = rgb[i + 2] & 0xFF;
            double luma = (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
            sum += luma;
            squares += luma * luma;
            colours += (Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue))) / 255.0;
        }
        double pixels = rgb.length / 3.0;
        double mean = sum / pixels;
        return new Look(mean, Math.sqrt(squares / pixels - mean * mean), colours / pixels);
    }

    /** Largest change of the three, as a part of what it was at first. */
    double changeFrom(Look first) {
        return Math.max(
                change(brightness, first.brightness),
                Math.max(change(contrast, first.contrast), change(saturation, first.saturation)));
    }

    private static double change(double now, double first) {
        return Math.abs(now - first) / first;
    }
}
