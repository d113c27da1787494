package dev.darkroom.animation.frame;

import java.util.function.IntBinaryOperator;

/**
 * A function of two levels, computed once for all pairs of them: pictures have millions of levels, but 256 different ones.
 *
 * @param levels at {@code 256 · first + second}
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record LevelTable(byte[] levels) {
    private static final int COUNT = 256;

    static LevelTable of(IntBinaryOperator function) {
        byte[] levels = new byte[COUNT * COUNT];
        for (int first = 0; first < COUNT; first++) {
            for (int second = 0; second < COUNT; second++) {
                levels[COUNT * first + second] = (byte) function.applyAsInt(first, second);
            }
        }
        return new LevelTable(levels);
    }

    byte at(byte first, byte second) {
        return levels[(first & 0xFF) << 8 | second & 0xFF];
    }
}
