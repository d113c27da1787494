package dev.darkroom.model;

/** How well a model suits a job, by what the job brings: nothing, one picture or several, a strength, a mask. */
public enum Fit {
    /** Such jobs are what it was trained for. */
    MADE_FOR,
    /** It can do them, though another model may do them better. */
    ABLE,
    /** It cannot do them: {@link ImageModel#check} says why. */
    UNABLE
}
