package dev.darkroom.soak;

/** What is claimed of a run; each claim is printed with what was found. */
final class Claims {
    private boolean allHold = true;

    void claim(boolean holds, String what, Object found) {
        allHold &= holds;
        System.out.printf("%s  %-62s found: %s%n", holds ? "holds " : "FAILS ", what, found);
    }

    boolean allHold() {
        return allHold;
    }
}
