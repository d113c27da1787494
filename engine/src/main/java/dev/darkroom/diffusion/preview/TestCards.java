package dev.darkroom.diffusion.preview;

/**
 * Synthetic pictures of areas, edges, waves and grain in all colours, the same each time, from which the meaning of latents is learnt. They
 * need not look like pictures: what counts is that colours and directions vary independently of each other, and that areas without
 * anything in them are there too.
 */
final class TestCards {
    /** Pixels of a side. */
    static final int SIDE = 128;

    static final int COUNT = 16;

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private int drawn;

    private TestCards() {}

    /** Makes all of them: {@code [COUNT, 3, SIDE, SIDE]} in −1…1, row after row. */
    static float[] all() {
        var cards = new TestCards();
        float[] pixels = new float[COUNT * 3 * SIDE * SIDE];
        for (int card = 0; card < COUNT; card++) {
            for (int channel = 0; channel < 3; channel++) {
                cards.draw(pixels, (card * 3 + channel) * SIDE * SIDE, card % 3 / 2.0);
            }
        }
        return pixels;
    }

    /** Draws one channel: an area of one level before another, both of which are often black or white, with waves and grain on some. */
    private void draw(float[] pixels, int at, double waves) {
        double ground = between(-1.5, 1.5);
        double shape = between(-1.5, 1.5);
        double[] slow = {between(-3, 3), between(-3, 3), between(0, 6)};
        double[] fast = {between(-16, 16), between(-16, 16), between(0, 6)};
        double[] edge = {between(-1, 1), between(-1, 1), between(-0.3, 0.3)};
        double[] disc = {between(0.2, 0.8), between(0.2, 0.8), between(0.1, 0.4)};
        for (int i = 0; i < SIDE * SIDE; i++) {
            double x = (i % SIDE + 0.5) / SIDE;
            double y = (i / SIDE + 0.5) / SIDE;
            boolean inside = Math.hypot(x - disc[0], y - disc[1]) < disc[2]
                    ^ edge[0] * (x - 0.5) + edge[1] * (y - 0.5) > edge[2];
            double value = (inside ? shape : ground)
                    + waves * 0.7 * Math.cos(2 * Math.PI * (slow[0] * x + slow[1] * y) + slow[2])
                    + waves * 0.3 * Math.cos(2 * Math.PI * (fast[0] * x + fast[1] * y) + fast[2])
                    + waves * between(-0.05, 0.05);
            pixels[at + i] = (float) Math.clamp(value, -1, 1);
        }
    }

    /** The next number of a sequence that fills a range evenly. */
    private double between(double least, double most) {
        double part = (++drawn * GOLDEN) % 1;
        return least + part * (most - least);
    }
}
