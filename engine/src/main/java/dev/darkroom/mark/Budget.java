package dev.darkroom.mark;

/** How strong a pattern may be: PSNR and SSIM of the marked picture are predicted, and kept. */
final class Budget {
    private static final double PSNR = 42.25;

    /** What SSIM may lack of 1. */
    private static final double LOSS = 0.0097;

    /** The part of both that pictures get that are not looked at again: they have tiles to spare. */
    private static final double UNSEEN = 0.6;

    /** Squared levels by which rounding changes a channel, and the luminance. */
    private static final double ROUNDED = 1.0 / 12;

    private static final double ROUNDED_LUMINANCE = 0.05;

    /** PSNR at which a picture is wholly lively, and wholly plain, if SSIM alone limits its mark. */
    private static final double LIVELY = 43;

    private static final double PLAIN = 48;

    /** White that is as bright as it can be takes only half of a pattern. */
    private static final float WHITE = 252;

    private final Layout layout;
    private final double pixels;
    private final double part;
    private final float[] squares;
    private final float[] structure;
    private final float[] lightness;
    private final double rounding;
    private double error = 1;
    private double predicted;

    /** @param seen whether what is predicted will be corrected by {@link #learn} */
    Budget(Layout layout, Texture texture, Cells room, boolean seen) {
        this.layout = layout;
        part = seen ? 1 : UNSEEN;
        pixels = (double) room.values().length * Cells.SIDE * Cells.SIDE;
        Cells square = Cells.of(texture.width(), texture.height());
        Cells structured = Cells.of(texture.width(), texture.height());
        Cells light = Cells.of(texture.width(), texture.height());
        double sum = 0;
        for (int i = 0; i < room.values().length; i++) {
            float bright = texture.brightness().values()[i];
            float divisor = Texture.structure(texture.activity().values()[i]);
            square.values()[i] = room.values()[i] * room.values()[i] * (bright > WHITE ? 0.5f : 1);
            structured.values()[i] = square.values()[i] / divisor;
            light.values()[i] = square.values()[i] / Texture.lightness(bright);
            sum += 1 / divisor;
        }
        rounding = ROUNDED_LUMINANCE * sum / room.values().length;
        squares = Tiles.folded(square);
        structure = Tiles.folded(structured);
        lightness = Tiles.folded(light);
    }

    Shape shape() {
        Shape lively = Shape.of(0);
        double part = lively.structure(layout);
        double energy = 0;
        double loss = 0;
        for (int i = 0; i < squares.length; i++) {
            energy += squares[i];
            loss += part * structure[i] + (1 - part) * lightness[i];
        }
        double psnr = 10 * Math.log10(255 * 255 / (energy / loss * LOSS));
        return Shape.of(Math.clamp((psnr - LIVELY) / (PLAIN - LIVELY), 0, 1));
    }

    /** Corrects what is predicted by what was found of the last tile. */
    void learn(double lacking) {
        error = Math.clamp(error * lacking / predicted, 0.5, 10);
    }

    /** By how much a tile may be multiplied. */
    double strength(float[] tile, Shape shape) {
        double structured = shape.structure(layout);
        double energy = 0;
        double loss = 0;
        for (int i = 0; i < tile.length; i++) {
            double square = tile[i] * tile[i];
            energy += squares[i] * square;
            loss += (structured * structure[i] + (1 - structured) * lightness[i]) * square;
        }
        double allowed = part * 255 * 255 / Math.pow(10, PSNR / 10) - ROUNDED;
        double limit = Math.sqrt(Math.min(
                allowed / (shape.squares() * energy / pixels),
                Math.max(0, part * LOSS - rounding) / (error * loss / pixels)));
        predicted = limit * limit * error * loss / pixels;
        return limit;
    }
}
