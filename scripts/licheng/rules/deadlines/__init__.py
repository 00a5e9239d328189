"""Whether what the calendar asks for can be met, in its order (伍.五, 伍.末)."""
