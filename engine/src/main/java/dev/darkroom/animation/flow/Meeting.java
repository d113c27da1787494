package dev.darkroom.animation.flow;

import dev.darkroom.job.Picture;

/**
 * Two pictures that come together on the way from one to the other: the earlier one has gone a part of it, and the later one has gone back by
 * the rest, so that what moves is at one place in both.
 *
 * <p>Source: deforum-art/sd-webui-deforum, {@code render.py}, for the frames of a cadence. There the later picture goes back by half of the
 * way at first, and both go on by a flow whose largest number is made 1.
 *
 * @param earlier picture, moved on
 * @param later picture, moved back
 */
public record Meeting(Picture earlier, Picture later) {
    /**
     * Moves both.
     *
     * @param weight part of the way from the earlier to the later picture, 0…1
     * @param flow from the earlier to the later one
     * @param factor of the flow: 1 goes all the way, 0 moves nothing
     * @throws IllegalArgumentException if the sizes differ
     */
    public static Meeting of(Picture earlier, Picture later, double weight, Flow flow, double factor) {
        return new Meeting(
                flow.times(weight * factor).moved(earlier),
                flow.times((weight - 1) * factor).moved(later));
    }
}
