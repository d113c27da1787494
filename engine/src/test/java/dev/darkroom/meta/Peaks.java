package dev.darkroom.meta;

import dev.darkroom.job.*;
import dev.darkroom.tally.StepTally;
import dev.darkroom.tensor.*;
import dev.darkroom.model.*;
import java.nio.file.*;
import java.util.*;
import java.util.logging.*;

public final class Peaks {
    public static void main(String... a) throws Exception {
        Logger.getLogger("").setLevel(Level.WARNING);
        Path folder = Path.of(a[0]);
        Files.createDirectories(folder);
        for (int i = 1; i < a.length; i++) {
            String[] p = a[i].split(":");
            Size size = Size.parse(p[1]);
            long t = System.nanoTime();
            Scenario s = Scenario.usual(p[0], size, Integer.parseInt(p[2]));
            if (p.length > 3 && p[3].equals("plain")) s = s.away(null);
            StepTally tally = Tally.run(s, Checkpoints.at(s.checkpoint(), folder));
            System.out.printf("%s %d ms:", a[i], (System.nanoTime() - t) / 1000000);
            System.out.print(" before " + tally.peak(tally.parts().get(1)));
            System.out.print(" steps");
            { var x = new java.util.TreeSet<Long>(); for (var part : tally.steps().subList(1, tally.steps().size())) x.add(tally.peak(part)); System.out.print(" " + x); }
            System.out.println(" after " + tally.peak(tally.last()));
        }
        System.exit(0);
    }
}
