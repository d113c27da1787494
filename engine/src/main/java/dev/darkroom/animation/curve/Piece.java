package dev.darkroom.animation.curve;

/**
 * One frame of a schedule and what it has there, as they were written.
 *
 * @param keyColumn of the key's first character in the schedule, counted from 1
 * @param valueColumn of the value's first character
 */
record Piece(String key, int keyColumn, String value, int valueColumn) {}
