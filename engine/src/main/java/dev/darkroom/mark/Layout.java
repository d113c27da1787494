package dev.darkroom.mark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which frequency of a tile carries what, by a key: each carries two bits of the word, one in its real and one in its imaginary part, or
 * is known, so that the tile's place is found by it. All are of middle height, where neither halving nor files of everyday quality take
 * them away.
 */
final class Layout {
    /** Pixels of a tile's side. */
    static final int TILE = 128;

    static final int COPIES = 7;

    /** Files cut pictures in blocks of 8 pixels, which show at these frequencies. */
    private static final int BLOCKS = TILE / 8;

    /** Cycles in a tile between which frequencies carry something; the copies end before the outer one. */
    private static final double INNER = 5;

    private static final double OUTER = 32;

    private static final int KNOWN_EVERY = 8;

    private static final long KEY = 0x4461726B726F6F6DL;

    /** @param x cycles in a tile to the right, @param y down */
    record Known(int x, int y, int copy, float real, float imaginary) {
        /** Where its real part stands in a field. */
        int index() {
            return Layout.index(x, y);
        }

        /** How well a field of frequencies agrees with it. */
        float agreement(float[] field) {
            int at = index();
            return real * field[at] + imaginary * field[at + 1];
        }
    }

    /** One bit of the word in one part of one frequency. */
    record Carrier(int x, int y, int copy, boolean imaginary, int bit, int sign) {
        /** Where the real part of its frequency stands in a field. */
        int index() {
            return Layout.index(x, y);
        }

        /** Its part of a field of frequencies. */
        float value(float[] field) {
            return field[index() + (imaginary ? 1 : 0)];
        }
    }

    private record Place(int x, int y) {
        double height() {
            return Math.hypot(x, y);
        }
    }

    static final Layout INSTANCE = new Layout(MarkCode.WORD);

    final Spectrum spectrum = new Spectrum(TILE);
    final List<Known> known = new ArrayList<>();
    final List<Carrier> carriers = new ArrayList<>();

    private Layout(int word) {
        Key key = new Key(KEY);
        List<Place> places = places();
        int at = 0;
        for (int copy = 0; copy < COPIES; copy++) {
            int[] order = key.shuffled(word);
            for (int next = 0; next < word; at++) {
                Place place = places.get(at);
                if (at % KNOWN_EVERY == 0) {
                    double angle = 2 * Math.PI * key.next(1 << 16) / (1 << 16);
                    known.add(new Known(place.x, place.y, copy, (float) Math.cos(angle), (float) Math.sin(angle)));
                    continue;
                }
                for (int part = 0; part < 2; part++) {
                    carriers.add(
                            new Carrier(place.x, place.y, copy, part == 1, order[next++], key.next(2) == 0 ? 1 : -1));
                }
            }
        }
    }

    private static List<Place> places() {
        List<Place> places = new ArrayList<>();
        int reach = (int) OUTER;
        for (int y = 0; y <= reach; y++) {
            for (int x = -reach; x <= reach; x++) {
                var place = new Place(x, y);
                boolean within = place.height() >= INNER && place.height() <= OUTER;
                boolean once = x != 0 && y != 0;
                if (within && once && !(x % BLOCKS == 0 && y % BLOCKS == 0)) {
                    places.add(place);
                }
            }
        }
        places.sort(Comparator.comparingDouble(Place::height)
                .thenComparing(Place::x)
                .thenComparing(Place::y));
        return places;
    }

    /** Where the real part of a frequency stands in a field of {@link Spectrum}. */
    static int index(int x, int y) {
        return 2 * (Math.floorMod(y, TILE) * TILE + Math.floorMod(x, TILE));
    }

    /** Numbers that follow from a key alone. */
    static final class Key {
        private long state;

        Key(long state) {
            this.state = state;
        }

        int next(int bound) {
            state += 0x9E3779B97F4A7C15L;
            long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            return (int) Long.remainderUnsigned(z ^ z >>> 31, bound);
        }

        int[] shuffled(int count) {
            int[] order = new int[count];
            for (int i = 0; i < count; i++) {
                int other = next(i + 1);
                order[i] = order[other];
                order[other] = i;
            }
            return order;
        }
    }
}
