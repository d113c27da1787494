package dev.darkroom.model;

/** Degree to which a model suits a job, by what the job brings: nothing, one picture or several, a strength, a mask. */
public enum Fit {
    /** The model was trained for such jobs. */
    MADE_FOR,
    /** The model can do such jobs, though another model may do them better. */
    ABLE,
    /** The model cannot do such jobs: {@link ImageModel#check} gives the reason. */
    UNABLE
}
