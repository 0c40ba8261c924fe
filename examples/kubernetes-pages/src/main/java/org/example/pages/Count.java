package org.example.pages;

import java.util.Collection;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Function;

/** Counts how often each page was viewed in a window: "/a=3 /b=1". */
public class Count implements Function<Collection<String>, String> {
    @Override
    public String apply(Collection<String> pages) {
        TreeMap<String, Integer> counts = new TreeMap<>();
        for (String page : pages) {
            counts.merge(page, 1, Integer::sum);
        }
        StringJoiner line = new StringJoiner(" ");
        counts.forEach((page, views) -> line.add(page + "=" + views));
        return line.toString();
    }
}
