package dev.darkroom.reach;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A method that is called in place of a static method of this class, or, without one, of a method of its first argument. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Instead {
    Class<?> ofStatic() default void.class;
}
