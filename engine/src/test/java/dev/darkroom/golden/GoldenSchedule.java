package dev.darkroom.golden;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The few forms of schedules that the golden of a whole animation has: numbers, multiples of t, and of its sine. */
final class GoldenSchedule {
    private static final Pattern KEY = Pattern.compile("(\\d+):\\((.*?)\\)(?=, |$)");
    private static final Pattern SINE = Pattern.compile("([\\d.]+)\\*sin\\(t\\)");
    private static final Pattern LINE = Pattern.compile("t\\*([\\d.]+)");

    private GoldenSchedule() {}

    static double at(String schedule, int frame, int frames) {
        TreeMap<Integer, String> keys = new TreeMap<>();
        Matcher key = KEY.matcher(schedule);
        while (key.find()) {
            if (Integer.parseInt(key.group(1)) < frames) {
                keys.put(Integer.parseInt(key.group(1)), key.group(2));
            }
        }
        Map.Entry<Integer, String> last = keys.floorEntry(frame);
        Map.Entry<Integer, String> next = keys.ceilingEntry(frame);
        double value = value(last.getValue(), frame);
        if (next == null || next.equals(last)) {
            return value;
        }
        double part = (double) (frame - last.getKey()) / (next.getKey() - last.getKey());
        return value + part * (value(next.getValue(), frame) - value);
    }

    private static double value(String text, int t) {
        Matcher sine = SINE.matcher(text);
        if (sine.matches()) {
            return Double.parseDouble(sine.group(1)) * Math.sin(t);
        }
        Matcher line = LINE.matcher(text);
        return line.matches() ? t * Double.parseDouble(line.group(1)) : Double.parseDouble(text);
    }
}
